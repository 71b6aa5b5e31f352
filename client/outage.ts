import { ApiError } from './api-error.ts'

const firstDelayMs = 100
const longestDelayMs = 5_000
const defaultPatienceMs = 60_000

/** A time without a connection. */
export interface Outage {
  readonly since: number
  /** Time until the next try, in milliseconds. */
  readonly delayMs: number
}

/**
 * The time without a connection, one failed try later.
 *
 * @param patienceMs - how long it may last, in milliseconds
 * @throws `error` where it lasts for longer
 */
export function outageAfter(outage: Outage | undefined, patienceMs: number | undefined, error: unknown): Outage {
  const now = Date.now()
  if (outage === undefined) return { since: now, delayMs: firstDelayMs }
  if (now - outage.since > (patienceMs ?? defaultPatienceMs)) throw error
  return { since: outage.since, delayMs: Math.min(outage.delayMs * 2, longestDelayMs) }
}

/** Whether what went wrong may be over at the next try: no answer, or one of a server that is just starting. */
export function passes(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.code === 'SERVER_UNREACHABLE' || (error.status !== undefined && error.status >= 500)
}
