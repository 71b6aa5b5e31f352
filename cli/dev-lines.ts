import type { RecordedError, Run, RunDetail } from '../client/index.ts'
import { durationText } from './duration-text.ts'
import { countText, wholeEntries } from './metadata-text.ts'
import { shortRunId } from './run-id.ts'
import { errorTitle } from './run-view/recorded-error-text.ts'
import { runPartitionsText } from './run-view/run-partitions.ts'
import { durationOf } from './run-view/run-summary.ts'
import { statusColor } from './run-view/status-color.ts'
import { locationText, shownPath, userFrame } from './source-location.ts'
import type { StackEvent } from './stack/stack.ts'
import type { Colors } from './terminal.ts'
import { oneLine, wrapped } from './text.ts'

/** The terminal that a line goes to, and when. */
export interface DevScreen {
  readonly colors: Colors
  readonly columns: number
  readonly now: Date
}

/** A line that `assetry dev` prints, made when it is known where and when. */
export type DevLine = (screen: DevScreen) => string

/** What follows the first line of something stands below its text. */
const indent = ' '.repeat(12)

/** What to say about something that happened in the stack. */
export function stackEventLine(event: StackEvent): DevLine {
  switch (event.kind) {
    case 'reloading':
      return line(({ colors }) => `${colors.cyan('↻')} ${changedText(event.files)}`)
    case 'reloaded': {
      const loaded = `${countText(event.assetCount, 'asset')}, ${countText(event.jobCount, 'job')}`
      return line(({ colors }) => `${colors.green('✓')} reloaded in ${durationText(event.ms)}: ${loaded}`)
    }
    case 'load-failed':
      return line(
        ({ colors, columns }) =>
          `${colors.red('✗')} ${colors.bold(event.error.code)}; what was loaded before goes on\n${wrapped(event.error.message, columns, indent)}`,
      )
    case 'process-ended':
      return line(({ colors }) => `${colors.yellow('!')} ${event.process} ended (${event.how}); starting it again`)
    case 'process-restarted':
      return line(({ colors }) => `${colors.green('✓')} ${event.process} is back`)
    case 'output':
      return ({ colors }) => `${colors.dim('        │')} ${event.line}`
  }
}

const marks: Readonly<Partial<Record<Run['status'], string>>> = { SUCCESS: '✓', FAILURE: '✗' }

/** What to say when a run has begun. */
export function runBegunLine(run: Run): DevLine {
  return line(
    ({ colors }) => `${colors.cyan('▸')} run ${shortRunId(run.runId)}  ${subjectOf(run)}  ${colors.dim(countText(run.stepCount, 'step'))}`,
  )
}

/** What to say when a run has ended. */
export function runEndedLine(run: Run): DevLine {
  const ms = durationOf(run)
  return line(({ colors }) => {
    const color = statusColor(run.status, colors)
    return `${color(marks[run.status] ?? '○')} run ${shortRunId(run.runId)}  ${subjectOf(run)}  ${color(run.status)}${ms === null ? '' : colors.dim(` ${durationText(ms)}`)}`
  })
}

/** Failures that are told of one run. */
const toldFailures = 3

/** What to say of the steps that made a run fail: its key, error and the user's line. */
export function failureLines(run: RunDetail): DevLine {
  const failed = run.steps.filter((step) => step.status === 'FAILURE')
  const lines = failed.slice(0, toldFailures).map(({ stepKey, error }) => `${stepKey}  ${error === null ? '' : failureText(error)}`)
  if (failed.length > toldFailures) lines.push(`and ${countText(failed.length - toldFailures, 'more failed step')}`)
  return ({ colors, columns }) => colors.red(lines.map((text) => wrapped(text, columns, indent)).join('\n'))
}

function failureText(error: RecordedError): string {
  const location = userFrame(error.stack ?? '')
  const text = oneLine([errorTitle(error), ...wholeEntries(error.metadata ?? {})].join('; '))
  return location === undefined ? text : `${text} (${locationText(location)})`
}

function line(text: (screen: DevScreen) => string): DevLine {
  return (screen) => `${screen.colors.dim(screen.now.toTimeString().slice(0, 8))}  ${text(screen)}`
}

function subjectOf(run: Run): string {
  const partitions = runPartitionsText(run)
  return `${run.jobName === null ? run.selection : `job ${run.jobName}`}${partitions === '' ? '' : `  ${partitions}`}`
}

function changedText(files: readonly string[]): string {
  const [first, ...others] = files.map((file) => shownPath(file))
  if (first === undefined) return 'reloading'
  return `${first}${others.length === 0 ? '' : ` and ${countText(others.length, 'more file')}`} changed, reloading`
}
