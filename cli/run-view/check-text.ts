import type { CheckSeverity, Metadata } from '../../client/index.ts'
import { highlights } from '../metadata-text.ts'
import { oneLine } from '../text.ts'

/** What a check found, whether an event tells it or a run's record. */
export interface ShownCheck {
  readonly passed: boolean
  readonly severity: CheckSeverity
  readonly description: string | null
  readonly metadata: Metadata
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
