import { durationText } from '../duration-text.ts'
import { highlights, rowsText, wholeEntries } from '../metadata-text.ts'
import type { Colors } from '../terminal.ts'
import { cut, cutFront, oneLine, padded, textWidth } from '../text.ts'
import { errorTitle } from './recorded-error-text.ts'
import { checkText, checkWord } from './check-text.ts'
import type { CheckView, StepNews, StepView } from './run-state.ts'
import { skipText } from './skip-text.ts'

/** How lines about steps are laid out. */
export interface StepLineLayout {
  readonly colors: Colors
  readonly columns: number
  /** Width of the column of step keys. */
  readonly keyWidth: number
}

/** The widest a column of step keys gets, so that the rest of an 80-column line stays readable. */
export const widestKey = 32

/** Width of the key column for these keys. */
export function keyWidthOf(keys: readonly string[]): number {
  return keys.reduce((width, key) => Math.min(widestKey, Math.max(width, key.length)), 8)
}

/** One line about what happened to a step: mark, step, status, time, and the rest as far as it fits. */
export function newsLine(news: StepNews, layout: StepLineLayout): string {
  return lineOf(contentOf(news, layout.colors), news.step, layout)
}

/** What a line says besides the step and its time. */
interface LineContent {
  readonly color: (text: string) => string
  readonly mark: string
  readonly status: string
  readonly text: string
}

function contentOf(news: StepNews, colors: Colors): LineContent {
  const again = { color: colors.yellow, mark: '↻' }
  switch (news.kind) {
    case 'ended':
      return endedContent(news.step, colors)
    case 'checked': {
      const content = checkContent(news.check, colors)
      return { ...content, text: [news.check.name, content.text].filter((text) => text !== '').join('  ') }
    }
    case 'retry': {
      const next = news.retryInMs === null ? '' : `; next attempt in ${durationText(news.retryInMs)}`
      return { ...again, status: 'RETRY', text: `${errorText(news.step, news.error)}${next}` }
    }
    case 'lost':
      return { ...again, status: 'LOST', text: 'its worker was lost; another attempt follows' }
    case 'requeued':
      return { ...again, status: 'REQUEUED', text: news.reason }
  }
}

function endedContent(step: StepView, colors: Colors): LineContent {
  const { status } = step
  if (status === 'SUCCESS' && step.check !== null) return checkContent(step.check, colors)
  if (status === 'SUCCESS') return { color: colors.green, mark: '✓', status, text: successText(step) }
  if (status === 'FAILURE') return { color: colors.red, mark: '✗', status, text: errorText(step, step.error) }
  return { color: colors.dim, mark: '○', status, text: skipText(step) }
}

function checkContent(check: CheckView, colors: Colors): LineContent {
  const status = checkWord(check)
  const look = { PASSED: [colors.green, '✓'], WARN: [colors.yellow, '!'], FAILED: [colors.red, '✗'] } as const
  const [color, mark] = look[status]
  return { color, mark, status, text: checkText(check) }
}

function successText(step: StepView): string {
  const rows = rowsText(step.metadata)
  const version = step.observed?.dataVersion ?? ''
  return [
    version === '' ? '' : `version ${version}`,
    rows === '' ? '' : `${rows} ${rows === '1' ? 'row' : 'rows'}`,
    highlights(step.metadata),
  ]
    .filter((text) => text !== '')
    .join('  ')
}

function errorText(step: StepView, error: StepView['error']): string {
  const attempt = step.attempt > 1 ? `attempt ${step.attempt}: ` : ''
  return error === null ? '' : oneLine(`${attempt}${[errorTitle(error), ...wholeEntries(error.metadata ?? {})].join('  ')}`)
}

const statusWidth = 8
const timeWidth = 8

function lineOf({ color, mark, status, text }: LineContent, step: StepView, { colors, columns, keyWidth }: StepLineLayout): string {
  const key = padded(cutFront(step.key, keyWidth), keyWidth)
  const time = padded(step.durationMs === null ? '' : durationText(step.durationMs), timeWidth, 'right')
  const head = `${color(mark)} ${key}  ${color(padded(status, statusWidth))} ${time}`
  const room = columns - textWidth(head) - 2
  return `${head}  ${colors.dim(cut(text, room))}`.trimEnd()
}
