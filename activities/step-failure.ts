import { ApplicationFailure } from '@temporalio/common'
import type { RecordedError } from '../metadata/stores/recorded-error.ts'
import type { StepClaim } from '../metadata/stores/step-store.ts'
import type { StepResult } from '../workflows/activity-contract.ts'
import { stepFailedType } from '../workflows/names.ts'

/** Longest text of a failure that goes to Temporal; the whole is in the metadata store. */
const longestMessage = 1_000

/** What to say of a step that had been recorded when this attempt came: its function is not called again. */
export function recordedBefore(stepKey: string, { status, error, outputs }: Extract<StepClaim, { kind: 'ended' }>): StepResult {
  if (status === 'SUCCESS') return { recordedBefore: true, ...(outputs !== null && { outputs }) }
  throw stepFailedForGood(`step "${stepKey}" had ended before as ${status}${error === null ? '' : `: ${error.message}`}`)
}

/** The step is done with, and what depends on it is skipped. */
export function stepFailedForGood(message: string, stack?: string | null): ApplicationFailure {
  return withStack(ApplicationFailure.nonRetryable(message.slice(0, longestMessage), stepFailedType), stack)
}

/** The step's own code threw, and its retry policy has a try left. */
export function stepUpForRetry(error: RecordedError, retryInMs: number): ApplicationFailure {
  const message = error.message.slice(0, longestMessage)
  return withStack(ApplicationFailure.create({ message, type: 'StepUpForRetry', nextRetryDelay: Math.max(retryInMs, 1) }), error.stack)
}

/** This attempt can't go on, through no fault of the step's code: another one takes over, at once unless told otherwise. */
export function stepGivenBack(reason: string, afterMs = 1): ApplicationFailure {
  return ApplicationFailure.create({ message: reason, type: 'StepGivenBack', nextRetryDelay: afterMs })
}

function withStack(failure: ApplicationFailure, stack: string | null | undefined): ApplicationFailure {
  if (stack !== undefined && stack !== null) failure.stack = stack.slice(0, 4 * longestMessage)
  return failure
}
