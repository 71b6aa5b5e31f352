import type { RunDetail } from '../../client/index.ts'
import { ageText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { wholeRunId } from '../run-id.ts'
import { failureTexts, outcomeLine, wholeStepTable } from '../run-view/run-summary.ts'
import { requiredServer, type Server } from '../server.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'

/** Options of the commands that look at one run. */
export interface ServerOptions {
  readonly file?: string
  readonly json?: boolean
}

/** Shows a run with its steps, its failures and where to find it. */
export async function runShow(id: string, options: ServerOptions): Promise<ExitCode> {
  const server = await requiredServer(options)
  const run = await server.client.runs.get(await wholeRunId(server.client, id))
  if (options.json === true) writeJson(run)
  else process.stdout.write(runText(run, server))
  return exitCodes.done
}

function runText(run: RunDetail, server: Server): string {
  const layout = { colors: colorsFor(process.stdout), columns: columnsOf(process.stdout) }
  const failures = failureTexts(run, layout)
  return [
    `${outcomeLine(run, layout.colors)}\n${factsText(run, server, layout.colors)}`,
    wholeStepTable(run, layout),
    ...(failures === '' ? [] : [failures]),
  ].join('\n')
}

function factsText(run: RunDetail, server: Server, colors: Colors): string {
  const tags = Object.entries(run.tags).map(([key, value]) => `${key}=${value}`)
  const facts: readonly (readonly [string, string | null])[] = [
    ['run', run.runId],
    ['what', run.jobName === null ? run.selection : `job ${run.jobName}`],
    ['partition', run.partitionKey],
    ['partitions', run.partitions === null ? null : run.partitions.join(', ')],
    ['backfill', run.backfillId],
    ['tags', tags.length === 0 ? null : tags.join(', ')],
    ['started', ageText(new Date(run.startedAt ?? run.createdAt), new Date())],
    ['waiting', run.waitingFor === null ? null : `for ${run.waitingFor}`],
    ['api', `${server.url}/api/v1/runs/${run.runId}`],
    ['temporal', run.temporal.url],
  ]
  return facts
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${colors.dim(name.padEnd(12))}${value}\n`)
    .join('')
}
