import { wholeBackfillId } from '../backfill-id.ts'
import type { Run, RunListFilter, RunStatus } from '../../client/index.ts'
import { ageText, durationText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { shortRunId } from '../run-id.ts'
import { runPartitionsText } from '../run-view/run-partitions.ts'
import { durationOf } from '../run-view/run-summary.ts'
import { statusColor } from '../run-view/status-color.ts'
import { requiredServer } from '../server.ts'
import { table, type TableColumn } from '../table.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { talk } from '../talk.ts'

/** Options of `assetry run list`. */
export interface RunListOptions {
  readonly file?: string
  readonly json?: boolean
  readonly limit: number
  readonly status?: readonly RunStatus[]
  readonly job?: string
  readonly asset?: string
  /** Id of a backfill, or the beginning of it. */
  readonly backfill?: string
}

const largestPage = 500

/** Lists runs, newest first. */
export async function runList(options: RunListOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const backfill = options.backfill === undefined ? undefined : await wholeBackfillId(client, options.backfill)
  const filter = { ...filterOf(options), ...(backfill !== undefined && { backfill }) }
  const page = await client.runs.list({ ...filter, limit: Math.min(options.limit, largestPage) })
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0) talk('There are no such runs yet.')
  else process.stdout.write(table(page.items, columns(colorsFor(process.stdout)), layout()))
  return exitCodes.done
}

function filterOf({ status, job, asset }: RunListOptions): RunListFilter {
  return { ...(status && { status }), ...(job !== undefined && { job }), ...(asset !== undefined && { asset }) }
}

function layout(): { columns: number; title: (text: string) => string } {
  return { columns: columnsOf(process.stdout), title: colorsFor(process.stdout).dim }
}

function columns(colors: Colors): readonly TableColumn<Run>[] {
  const now = new Date()
  return [
    { title: 'RUN', text: (run) => shortRunId(run.runId) },
    { title: 'STATUS', text: (run) => run.status, color: (text, run) => statusColor(run.status, colors)(text) },
    { title: 'WHAT', text: (run) => (run.jobName === null ? run.selection : `job ${run.jobName}`), shrinks: true },
    { title: 'PARTITIONS', text: runPartitionsText },
    { title: 'STEPS', text: (run) => String(run.stepCount), align: 'right' },
    { title: 'STARTED', text: (run) => ageText(new Date(run.startedAt ?? run.createdAt), now), align: 'right' },
    { title: 'TIME', text: timeOf, align: 'right' },
  ]
}

function timeOf(run: Run): string {
  const ms = durationOf(run)
  return ms === null ? '' : durationText(ms)
}
