import type { BackfillDetail, BackfillStage } from '../../client/index.ts'
import { shortBackfillId, wholeBackfillId } from '../backfill-id.ts'
import { backfillLine, backfillTable, failuresText, readFailures } from '../backfill-view/backfill-summary.ts'
import { ageText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { numberText } from '../metadata-text.ts'
import { requiredServer, type Server } from '../server.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import type { ServerOptions } from './run-show.ts'

/** Shows a backfill: how far it is with each asset, what it did not make, and where to find it. */
export async function backfillShow(id: string, options: ServerOptions): Promise<ExitCode> {
  const server = await requiredServer(options)
  const backfill = await server.client.backfills.get(await wholeBackfillId(server.client, id))
  const { items: failures } = await server.client.backfills.failures(backfill.backfillId, { limit: readFailures })
  if (options.json === true) {
    writeJson({ ...backfill, failures })
    return exitCodes.done
  }
  const layout = { colors: colorsFor(process.stdout), columns: columnsOf(process.stdout) }
  const told = failuresText(backfill, failures, layout)
  const head = `${backfillLine(backfill, layout.colors)}\n${factsText(backfill, server, layout.colors)}`
  process.stdout.write([head, backfillTable(backfill, layout), ...(told === '' ? [] : [told])].join('\n'))
  return exitCodes.done
}

function factsText(backfill: BackfillDetail, server: Server, colors: Colors): string {
  const tags = Object.entries(backfill.tags).map(([key, value]) => `${key}=${value}`)
  const facts: readonly (readonly [string, string | null])[] = [
    ['backfill', backfill.backfillId],
    ['what', backfill.jobName === null ? backfill.selection : `job ${backfill.jobName}`],
    ['of', rangesText(backfill.stages)],
    ['tags', tags.length === 0 ? null : tags.join(', ')],
    ['at a time', `${numberText(backfill.concurrency)} steps${backfill.priority === null ? '' : `, priority ${backfill.priority}`}`],
    ['failures', backfill.continueOnFailure ? 'what needs a failed partition is made all the same' : null],
    ['started', ageText(new Date(backfill.startedAt ?? backfill.createdAt), new Date())],
    ['waiting', backfill.waitingFor === null ? null : `for ${backfill.waitingFor}`],
    ['runs', `assetry run list --backfill ${shortBackfillId(backfill.backfillId)}`],
    ['api', `${server.url}/api/v1/backfills/${backfill.backfillId}`],
    ['temporal', backfill.temporal.url],
  ]
  return facts
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${colors.dim(name.padEnd(10))}${value}\n`)
    .join('')
}

/** Ranges that are named; of more, the number. */
const namedRanges = 3

/** The partitions of its first stage: the others follow from them. */
function rangesText(stages: readonly BackfillStage[]): string | null {
  const ranges = stages.find((stage) => stage.ranges.length > 0)?.ranges ?? []
  if (ranges.length === 0) return null
  const more = ranges.length - namedRanges
  return `${ranges.slice(0, namedRanges).join(', ')}${more > 0 ? `, and ${numberText(more)} more` : ''}`
}
