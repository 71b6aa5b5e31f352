import type { Backfill, BackfillStatus } from '../../client/index.ts'
import { shortBackfillId } from '../backfill-id.ts'
import { ageText, durationText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { numberText } from '../metadata-text.ts'
import { durationOf } from '../run-view/run-summary.ts'
import { statusColor } from '../run-view/status-color.ts'
import { requiredServer } from '../server.ts'
import { table, type TableColumn } from '../table.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { talk } from '../talk.ts'

/** Options of `assetry backfill list`. */
export interface BackfillListOptions {
  readonly file?: string
  readonly json?: boolean
  readonly limit: number
  readonly status?: readonly BackfillStatus[]
}

const largestPage = 500

/** Lists backfills, newest first. */
export async function backfillList({ limit, status, ...options }: BackfillListOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const page = await client.backfills.list({ ...(status && { status }), limit: Math.min(limit, largestPage) })
  const colors = colorsFor(process.stdout)
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0) talk('There are no such backfills yet.')
  else process.stdout.write(table(page.items, columns(colors), { columns: columnsOf(process.stdout), title: colors.dim }))
  return exitCodes.done
}

function columns(colors: Colors): readonly TableColumn<Backfill>[] {
  const now = new Date()
  return [
    { title: 'BACKFILL', text: ({ backfillId }) => shortBackfillId(backfillId) },
    { title: 'STATUS', text: ({ status }) => status, color: (text, { status }) => statusColor(status, colors)(text) },
    { title: 'WHAT', text: ({ jobName, selection }) => (jobName === null ? selection : `job ${jobName}`), shrinks: true },
    { title: 'MADE', text: ({ totals }) => `${numberText(totals.materialized)} / ${numberText(totals.targeted)}`, align: 'right' },
    { title: 'FAILED', text: ({ totals }) => (totals.failed === 0 ? '' : numberText(totals.failed)), color: colors.red, align: 'right' },
    { title: 'STARTED', text: ({ startedAt, createdAt }) => ageText(new Date(startedAt ?? createdAt), now), align: 'right' },
    { title: 'TIME', text: timeOf, align: 'right' },
  ]
}

function timeOf(backfill: Backfill): string {
  const ms = durationOf(backfill)
  return ms === null ? '' : durationText(ms)
}
