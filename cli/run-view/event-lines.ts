import type { LogLine, RecordedError, RunEvent } from '../../client/index.ts'
import { wholeEntries } from '../metadata-text.ts'
import type { Colors } from '../terminal.ts'
import { padded } from '../text.ts'
import { checkWord } from './check-text.ts'
import { evaluationOf, eventDetail } from './event-detail.ts'
import { errorWithStack } from './recorded-error-text.ts'
import { statusColor } from './status-color.ts'

/** Something that a run's log tells, with when it happened. */
interface TimedText {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly text: string
}

/** Entries of a run's log as lines in the order of their times: an entry may be recorded after what came later. */
export function linesInTime(events: readonly RunEvent[], colors: Colors): readonly string[] {
  return events
    .flatMap((event) => eventTexts(event, colors))
    .toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time))
    .map(({ text }) => text)
}

/** An entry of a run's log: time of day (UTC), what happened, to which asset or step, and the rest. A LOG gives a text for each of its lines. */
function eventTexts(event: RunEvent, colors: Colors): readonly TimedText[] {
  if (event.type !== 'LOG') return [{ time: event.time, text: entryText(event, colors) }]
  const subject = subjectOf(event) ?? ''
  return (event.data.lines ?? []).map((line) => ({ time: line.time, text: logLine(line, subject, colors) }))
}

function entryText(event: RunEvent, colors: Colors): string {
  const subject = subjectOf(event)
  const text = [subject === null ? '' : colors.bold(subject), eventDetail(event)].filter((part) => part !== '').join('  ')
  const head = `${colors.dim(timeOf(event.time))}  ${colorOf(event, colors)(padded(event.type, typeWidth))}`
  return [`${head}  ${text}`.trimEnd(), ...errorLines(event.data.error, colors)].join('\n')
}

/** Width of the column of types: of the longest of them, ASSET_CHECK_EVALUATION. */
const typeWidth = 22

/** What an entry is about: an asset where something is known of it, a check by its asset and name, else the step. */
function subjectOf(event: RunEvent): string | null {
  const subject = wholeSubjectOf(event)
  if (event.partitionKey === null || subject === null) return subject
  // A step of many partitions has their range in its key; what happened to one of them is told of that one.
  return `${subject.replace(/\[.*\]$/, '')}[${event.partitionKey}]`
}

function wholeSubjectOf({ type, assetKey, stepKey, data }: RunEvent): string | null {
  if (type === 'ASSET_CHECK_EVALUATION') return `${assetKey}:${data.checkName}`
  return type.startsWith('ASSET_') ? assetKey : stepKey
}

function logLine(line: LogLine, subject: string, colors: Colors): string {
  const level = { debug: colors.dim, info: colors.reset, warn: colors.yellow, error: colors.red }[line.level]
  const fields = line.fields === null ? '' : `  ${colors.dim(JSON.stringify(line.fields))}`
  return `${colors.dim(timeOf(line.time))}  ${level(padded(line.source === 'log' ? line.level : `${line.level} ${line.source}`, 21))}  ${colors.bold(subject)}  ${line.message}${fields}`
}

function errorLines(error: RecordedError | null | undefined, colors: Colors): readonly string[] {
  if (error === null || error === undefined) return []
  const lines = [...errorWithStack(error).split('\n'), ...wholeEntries(error.metadata ?? {}).map((entry) => `    ${entry}`)]
  return [...lines.map((line) => colors.dim(`              ${line}`)), ...errorLines(error.cause, colors)]
}

function colorOf(event: RunEvent, colors: Colors): (text: string) => string {
  if (event.type === 'ASSET_MATERIALIZATION' || event.type === 'ASSET_OBSERVATION') return colors.green
  if (event.type === 'ASSET_CHECK_EVALUATION') return statusColor(checkWord(evaluationOf(event.data)), colors)
  if (event.type === 'STEP_UP_FOR_RETRY' || event.type === 'STEP_WORKER_LOST' || event.type === 'STEP_REQUEUED') return colors.yellow
  return statusColor(event.type.replace(/^(RUN|STEP)_/, ''), colors)
}

function timeOf(time: string): string {
  return time.slice(11, 23)
}
