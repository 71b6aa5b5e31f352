import { exactDurationText as inWords } from '../definitions/duration.ts'
import type { FreshnessPolicySpec } from '../definitions/freshness-policy.ts'
import { cronCadence as deadlinesOf } from '../definitions/partitions/cron-cadence.ts'

/** How old data is, by the policy of its asset. `UNKNOWN`: it was never updated. */
export type FreshnessState = 'PASS' | 'WARN' | 'FAIL' | 'UNKNOWN'

/** How an asset stands by its freshness policy. */
export interface Freshness {
  readonly state: FreshnessState
  /** In words. */
  readonly reason: string
  /** When it came to this; null where it is UNKNOWN. */
  readonly since: Date | null
  /** When the state changes if nothing happens but that time passes; null where it stays. */
  readonly nextChangeAt: Date | null
}

/** Milliseconds since 1970. */
type Instant = number

/**
 * How fresh data is now. At `nextChangeAt` itself it has changed already. What was updated in the future, by the clock of
 * another machine, is as fresh as can be.
 *
 * @param updatedAt - its last update: a materialization, of any partition, or an observation that found other data than the one before
 */
export function freshnessOf(policy: FreshnessPolicySpec, updatedAt: Date | null, now: Date): Freshness {
  if (updatedAt === null)
    return { state: 'UNKNOWN', reason: 'It was never materialized, nor seen by an observation.', since: null, nextChangeAt: null }
  return policy.kind === 'cron'
    ? byDeadline(policy, updatedAt.getTime(), now.getTime())
    : byAge(policy, updatedAt.getTime(), Math.max(now.getTime(), updatedAt.getTime()))
}

type AgePolicy = Extract<FreshnessPolicySpec, { kind: 'time-window' }>
type DeadlinePolicy = Extract<FreshnessPolicySpec, { kind: 'cron' }>

function byAge({ failWindowMs, warnWindowMs }: AgePolicy, updated: Instant, now: Instant): Freshness {
  const [failsAt, warnsAt] = [updated + failWindowMs, updated + (warnWindowMs ?? failWindowMs)]
  const last = `Its last update was ${iso(updated)}`
  const changesAt = (at: Instant): Date => new Date(at)
  if (now >= failsAt)
    return { state: 'FAIL', reason: `${last}; it fails after ${inWords(failWindowMs)}.`, since: changesAt(failsAt), nextChangeAt: null }
  if (now >= warnsAt)
    return {
      state: 'WARN',
      reason: `${last}; it warns after ${inWords(warnsAt - updated)} and fails after ${inWords(failWindowMs)}.`,
      since: changesAt(warnsAt),
      nextChangeAt: changesAt(failsAt),
    }
  return {
    state: 'PASS',
    reason: `${last}, which is less than ${inWords(warnsAt - updated)} ago.`,
    since: changesAt(updated),
    nextChangeAt: changesAt(warnsAt),
  }
}

/** The first deadline that the last update was too old for; by policy, as it is asked again and again while neither changes. */
const missedBy = new WeakMap<DeadlinePolicy, { readonly updated: Instant; readonly missed: Instant }>()

/** An update counts for every deadline that is at most the lower bound later; the first after those is missed. */
function firstMissed(policy: DeadlinePolicy, updated: Instant): Instant {
  const known = missedBy.get(policy)
  if (known?.updated === updated) return known.missed
  const deadlines = deadlinesOf({ cron: policy.deadline, timezone: policy.timezone })
  const missed = deadlines.next(deadlines.floor(updated + policy.lowerBoundMs)).instant
  missedBy.set(policy, { updated, missed })
  return missed
}

function byDeadline(policy: DeadlinePolicy, updated: Instant, now: Instant): Freshness {
  const missed = firstMissed(policy, updated)
  const last = `Its last update was ${iso(updated)}`
  if (now < missed)
    return { state: 'PASS', reason: `${last}, in time until ${iso(missed)}.`, since: new Date(updated), nextChangeAt: new Date(missed) }
  const due = `the deadline ${iso(missed)} asks for one in the ${inWords(policy.lowerBoundMs)} before`
  return { state: 'FAIL', reason: `${last}; ${due}, or since.`, since: new Date(missed), nextChangeAt: null }
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}
