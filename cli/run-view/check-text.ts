import type { CheckSeverity } from '../../client/index.ts'
import { highlights, type ShownMetadata } from '../metadata-text.ts'
import { oneLine } from '../text.ts'

/** What a check found, whether an event tells it, a run's record or this process. */
export interface ShownCheck {
  readonly passed: boolean
  readonly severity: CheckSeverity
  readonly description: string | null
  readonly metadata: ShownMetadata
}

/** What came of a check in one word: PASSED, FAILED, or WARN where it is not as bad. */
export function checkWord({ passed, severity }: ShownCheck): 'PASSED' | 'FAILED' | 'WARN' {
  if (passed) return 'PASSED'
  return severity === 'WARN' ? 'WARN' : 'FAILED'
}

/** What a check says of what it found, on one line. */
export function checkText({ description, metadata }: ShownCheck): string {
  return [oneLine(description ?? ''), highlights(metadata)].filter((text) => text !== '').join('  ')
}

/** How the checks of an asset came out last: the worst that there is, and how often. */
export interface ChecksSummary {
  readonly text: string
  readonly worst: 'FAILED' | 'WARN' | 'PASSED' | 'NONE'
}

/** Sums up checks by their newest evaluation, null where one was never evaluated: `1 failed`, `2 warned`, `3 passed`, `not run`. */
export function checksSummary(latest: readonly (ShownCheck | null)[]): ChecksSummary {
  const words = latest.flatMap((check) => (check === null ? [] : [checkWord(check)]))
  const worst = worstFirst.find((word) => words.includes(word))
  if (worst === undefined) return { text: latest.length === 0 ? '' : 'not run', worst: 'NONE' }
  return { text: `${words.filter((word) => word === worst).length} ${summaryWords[worst]}`, worst }
}

const worstFirst = ['FAILED', 'WARN', 'PASSED'] as const
const summaryWords = { FAILED: 'failed', WARN: 'warned', PASSED: 'passed' } as const
