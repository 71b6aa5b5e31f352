import type { Run } from '../client/index.ts'
import { durationText } from './duration-text.ts'
import { countText } from './metadata-text.ts'
import { shortRunId } from './run-id.ts'
import { durationOf } from './run-view/run-summary.ts'
import { statusColor } from './run-view/status-color.ts'
import { shownPath } from './source-location.ts'
import type { StackEvent } from './stack/stack.ts'
import type { Colors } from './terminal.ts'
import { wrapped } from './text.ts'

/** A line that `assetry dev` prints, made when its time and the terminal's colours are known. */
export type DevLine = (colors: Colors, now: Date) => string

/** What to say about something that happened in the stack. */
export function stackEventLine(event: StackEvent): DevLine {
  switch (event.kind) {
    case 'reloading':
      return line((colors) => `${colors.cyan('↻')} ${changedText(event.files)}`)
    case 'reloaded': {
      const loaded = `${countText(event.assetCount, 'asset')}, ${countText(event.jobCount, 'job')}`
      return line((colors) => `${colors.green('✓')} reloaded in ${durationText(event.ms)}: ${loaded}`)
    }
    case 'load-failed':
      return line(
        (colors) =>
          `${colors.red('✗')} ${colors.bold(event.error.code)}; what was loaded before goes on\n${wrapped(event.error.message, 80, '           ')}`,
      )
    case 'process-ended':
      return line((colors) => `${colors.yellow('!')} ${event.process} ended (${event.how}); starting it again`)
    case 'process-restarted':
      return line((colors) => `${colors.green('✓')} ${event.process} is back`)
    case 'output':
      return (colors) => `${colors.dim('        │')} ${event.line}`
  }
}

const marks: Readonly<Partial<Record<Run['status'], string>>> = { SUCCESS: '✓', FAILURE: '✗' }

/** What to say when a run has begun. */
export function runBegunLine(run: Run): DevLine {
  return line(
    (colors) => `${colors.cyan('▸')} run ${shortRunId(run.runId)}  ${subjectOf(run)}  ${colors.dim(countText(run.stepCount, 'step'))}`,
  )
}

/** What to say when a run has ended. */
export function runEndedLine(run: Run): DevLine {
  const ms = durationOf(run)
  return line((colors) => {
    const color = statusColor(run.status, colors)
    return `${color(marks[run.status] ?? '○')} run ${shortRunId(run.runId)}  ${subjectOf(run)}  ${color(run.status)}${ms === null ? '' : colors.dim(` ${durationText(ms)}`)}`
  })
}

function line(text: (colors: Colors) => string): DevLine {
  return (colors, now) => `${colors.dim(now.toTimeString().slice(0, 8))}  ${text(colors)}`
}

function subjectOf(run: Run): string {
  return run.jobName === null ? run.selection : `job ${run.jobName}`
}

function changedText(files: readonly string[]): string {
  const [first, ...others] = files.map((file) => shownPath(file))
  if (first === undefined) return 'reloading'
  return `${first}${others.length === 0 ? '' : ` and ${countText(others.length, 'more file')}`} changed, reloading`
}
