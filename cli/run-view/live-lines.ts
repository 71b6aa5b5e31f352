import { durationText } from '../duration-text.ts'
import { numberText } from '../metadata-text.ts'
import type { Colors } from '../terminal.ts'
import { cut, padded, textWidth } from '../text.ts'
import type { RunState, StepCounts } from './run-state.ts'
import type { StepLineLayout } from './step-line.ts'

/** Runs of more steps than this show counts and failures, not a line for each step. */
export const liveStepLimit = 100

/** Most running steps that are shown at once; of the rest, their number. */
const runningLimit = 8

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const barWidth = 24

/** When a frame is drawn. */
export interface FrameTime {
  readonly elapsedMs: number
  /** Unit: milliseconds since 1970. */
  readonly now: number
}

/** The live lines of a run: the steps at work with their time, and how far the run is. */
export function liveLines(state: RunState, frame: StepLineLayout & FrameTime): readonly string[] {
  const { colors } = frame
  const mark = colors.cyan(spinner[Math.floor(frame.elapsedMs / 100) % spinner.length] ?? '')
  const shown = state.running.slice(0, runningLimit)
  const lines = shown.map((step) => {
    const time = durationText(Math.max(0, frame.now - (step.startedAt ?? frame.now)))
    const attempt = step.attempt > 1 ? `  attempt ${step.attempt}` : ''
    return `${mark} ${padded(cut(step.key, frame.keyWidth), frame.keyWidth)}  ${colors.dim(`${padded('running', 8)} ${padded(time, 8, 'right')}${attempt}`)}`
  })
  const more = state.running.length - shown.length
  if (more > 0) lines.push(colors.dim(`  and ${numberText(more)} more at work`))
  return [...lines, progressLine(state.counts, frame)]
}

function progressLine(counts: StepCounts, { colors, elapsedMs, columns }: StepLineLayout & FrameTime): string {
  const done = counts.succeeded + counts.failed + counts.skipped + counts.canceled
  const words = [
    `${numberText(done)} of ${numberText(counts.all)}`,
    counts.running > 0 ? `${numberText(counts.running)} running` : '',
    counts.failed > 0 ? colors.red(`${numberText(counts.failed)} failed`) : '',
    counts.skipped > 0 ? `${numberText(counts.skipped)} skipped` : '',
    durationText(elapsedMs),
  ]
  const text = words.filter((word) => word !== '').join(colors.dim(' · '))
  const bar = barOf(counts, done, colors)
  return textWidth(text) + barWidth + 2 > columns ? text : `${bar}  ${text}`
}

function barOf(counts: StepCounts, done: number, colors: Colors): string {
  const width = (count: number): number => Math.floor((count / Math.max(1, counts.all)) * barWidth)
  const failed = counts.failed > 0 ? Math.max(1, width(counts.failed)) : 0
  const filled = Math.max(failed, done === counts.all ? barWidth : width(done))
  return colors.green('━'.repeat(filled - failed)) + colors.red('━'.repeat(failed)) + colors.dim('─'.repeat(barWidth - filled))
}
