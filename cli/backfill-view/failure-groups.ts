import type { BackfillFailure, RecordedError } from '../../client/index.ts'
import { groupedBy } from '../../definitions/grouped-by.ts'
import { excerpt } from '../error-report.ts'
import { numberText } from '../metadata-text.ts'
import { errorTitle } from '../run-view/recorded-error-text.ts'
import type { SummaryLayout } from '../run-view/run-summary.ts'
import { userFrame } from '../source-location.ts'
import { oneLine, wrapped } from '../text.ts'

/** Most groups that are told. */
const toldGroups = 8

/** Most partitions that a group names. */
const namedKeys = 6

/** What a backfill did not make: what failed alike together, with the partitions that it happened to. */
export function failureGroups(failures: readonly BackfillFailure[], layout: SummaryLayout): string {
  const groups = [...groupedBy(failures, groupOf).values()]
  const told = groups.slice(0, toldGroups).map((group) => groupText(group, layout))
  const left = groups.length - told.length
  if (left > 0) told.push(layout.colors.dim(`and ${numberText(left)} more kinds of failure\n`))
  return told.join('\n')
}

/** Messages that differ in nothing but the partition and the run are the same. */
function groupOf(failure: BackfillFailure): string {
  return JSON.stringify([failure.assetKey, failure.kind, failure.because, titleOf(failure)])
}

/** The message of a failure, with `…` for its partition and its run. */
function titleOf({ error, partitionKey, runId }: BackfillFailure): string {
  if (error === null) return ''
  const own = [partitionKey, runId].filter((text) => text !== null)
  return own.reduce((title, text) => title.replaceAll(text, '…'), oneLine(errorTitle(error)))
}

function groupText(group: readonly BackfillFailure[], { colors, columns }: SummaryLayout): string {
  const [first] = group
  if (first === undefined) return ''
  const count = numberText(group.length)
  const head =
    first.kind === 'SKIPPED'
      ? `${colors.yellow('○')} ${colors.bold(first.assetKey)}  ${count} × left out, because ${first.because ?? 'one before it'} failed`
      : `${colors.red('✗')} ${colors.bold(first.assetKey)}  ${count} × ${first.kind === 'CHECK' ? 'made, but ' : ''}${titleOf(first)}`
  const lines = [wrapped(head, columns), wrapped(colors.dim(keysText(group)), columns, '    ')]
  const location = first.error === null ? undefined : frameOf(first.error)
  if (location !== undefined) lines.push(...excerpt(location, colors, columns))
  return `${lines.filter((line) => line.trim() !== '').join('\n')}\n`
}

function keysText(group: readonly BackfillFailure[]): string {
  const keys = [...new Set(group.flatMap(({ partitionKey }) => (partitionKey === null ? [] : [partitionKey])))].toSorted()
  const named = keys.slice(0, namedKeys).join(', ')
  return keys.length > namedKeys ? `${named}, and ${numberText(keys.length - namedKeys)} more` : named
}

function frameOf(error: RecordedError): ReturnType<typeof userFrame> {
  return (error.cause === null ? undefined : frameOf(error.cause)) ?? userFrame(error.stack ?? '')
}
