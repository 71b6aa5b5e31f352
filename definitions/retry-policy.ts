import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'

/** How often and after what time a step is tried again when its own code throws. */
export interface RetryOptions {
  /** Tries after the first one. */
  readonly max: number
  /** Time before the first retry. `backoff` and `jitter` need it. @default 0 */
  readonly delay?: Duration
  /** How the time grows: the same each time, `n × delay`, or doubled each time. @default 'exponential' */
  readonly backoff?: 'constant' | 'linear' | 'exponential'
  /** Whether to take a random share of the time, from half of it to all, so that retries don't come in step. @default false */
  readonly jitter?: boolean
}

/** A retry policy with its defaults filled in. */
export interface RetryPolicy {
  readonly max: number
  readonly delayMs: number
  readonly backoff: 'constant' | 'linear' | 'exponential'
  readonly jitter: boolean
}

/** Longest wait between two tries that growth can reach, in milliseconds: one hour. */
export const maximumRetryDelayMs = 3_600_000

/**
 * @throws `INVALID_OPTION` for a `max` that is no whole number from 0 to 1,000, a `delay` that is no duration, and a
 * `backoff` or `jitter` of no delay
 */
export function retryPolicy(options: RetryOptions, owner: string): RetryPolicy {
  if (!Number.isInteger(options.max) || options.max < 0 || options.max > 1_000) {
    throw new AssetryError(
      'INVALID_OPTION',
      `${owner}: retries.max is ${options.max}, which is not a whole number from 0 to 1000. It counts the tries after the first.`,
    )
  }
  if (options.delay === undefined) refuseWithoutDelay(options, owner)
  return {
    max: options.max,
    delayMs: options.delay === undefined ? 0 : milliseconds(options.delay, `${owner}: retries.delay`, 0),
    backoff: options.backoff ?? 'exponential',
    jitter: options.jitter ?? false,
  }
}

function refuseWithoutDelay(options: RetryOptions, owner: string): void {
  const [needing] = [options.backoff !== undefined && 'backoff', options.jitter === true && 'jitter'].filter((name) => name !== false)
  if (needing === undefined) return
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: retries.${needing} is given without retries.delay, so there is no time that it could change. Add a delay such as '1 second'.`,
  )
}

/**
 * Milliseconds to wait before the given retry.
 *
 * @param retry - 1 for the first retry
 * @param random - a number from 0 to 1; an argument because this folder knows no chance
 */
export function retryDelayMs(policy: RetryPolicy, retry: number, random: number): number {
  const growth = { constant: 1, linear: retry, exponential: 2 ** (retry - 1) }[policy.backoff]
  const full = Math.min(policy.delayMs * growth, Math.max(maximumRetryDelayMs, policy.delayMs))
  return Math.round(policy.jitter ? full * (0.5 + random / 2) : full)
}
