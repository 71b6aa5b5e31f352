import { durationText } from '../duration-text.ts'
import { highlights, rowsText } from '../metadata-text.ts'
import type { Colors } from '../terminal.ts'
import { cut, oneLine, padded } from '../text.ts'
import type { StepNews, StepView } from './run-state.ts'

/** How lines about steps are laid out. */
export interface StepLineLayout {
  readonly colors: Colors
  readonly columns: number
  /** Width of the column of asset keys. */
  readonly keyWidth: number
}

/** The widest a column of asset keys gets, so that the rest of an 80-column line stays readable. */
const widestKey = 32

/** Width of the key column for these keys. */
export function keyWidthOf(keys: readonly string[]): number {
  return Math.min(widestKey, Math.max(8, ...keys.slice(0, 1000).map((key) => key.length)))
}

const timeWidth = 8

/** One line about what happened to a step: mark, asset, status, time, and the rest as far as it fits. */
export function newsLine(news: StepNews, layout: StepLineLayout): string {
  const { colors } = layout
  switch (news.kind) {
    case 'ended':
      return endedLine(news.step, layout)
    case 'retry': {
      const next = news.retryInMs === null ? '' : `; next attempt in ${durationText(news.retryInMs)}`
      return lineOf(colors.yellow, '↻', 'RETRY', news.step, `${errorText(news.step, news.error)}${next}`, layout)
    }
    case 'lost':
      return lineOf(colors.yellow, '↻', 'LOST', news.step, 'its worker was lost; another attempt follows', layout)
    case 'requeued':
      return lineOf(colors.yellow, '↻', 'REQUEUED', news.step, news.reason, layout)
  }
}

function endedLine(step: StepView, layout: StepLineLayout): string {
  const { colors } = layout
  if (step.status === 'SUCCESS') return lineOf(colors.green, '✓', step.status, step, successText(step), layout)
  if (step.status === 'FAILURE') return lineOf(colors.red, '✗', step.status, step, errorText(step, step.error), layout)
  if (step.status === 'SKIPPED')
    return lineOf(colors.dim, '○', step.status, step, step.because === null ? '' : `because ${step.because} failed`, layout)
  return lineOf(colors.dim, '○', step.status, step, '', layout)
}

function successText(step: StepView): string {
  const rows = rowsText(step.metadata)
  return [rows === '' ? '' : `${rows} ${rows === '1' ? 'row' : 'rows'}`, highlights(step.metadata)].filter((text) => text !== '').join('  ')
}

function errorText(step: StepView, error: StepView['error']): string {
  const attempt = step.attempt > 1 ? `attempt ${step.attempt}: ` : ''
  return error === null ? '' : oneLine(`${attempt}${error.name}: ${error.message}`)
}

function lineOf(
  color: (text: string) => string,
  mark: string,
  status: string,
  step: StepView,
  text: string,
  { colors, columns, keyWidth }: StepLineLayout,
): string {
  const key = padded(cut(step.key, keyWidth), keyWidth)
  const time = padded(step.durationMs === null ? '' : durationText(step.durationMs), timeWidth, 'right')
  const head = `${color(mark)} ${key}  ${color(padded(status, 8))} ${time}`
  const room = columns - (2 + keyWidth + 2 + 8 + 1 + timeWidth) - 2
  return `${head}  ${colors.dim(cut(text, room))}`.trimEnd()
}
