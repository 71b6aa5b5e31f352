import type { CheckSeverity } from '../definitions/check-spec.ts'
import type { Freshness } from './freshness.ts'
import type { AssetSnapshot } from './snapshot.ts'

/** How an asset is, all in all. `NOT_APPLICABLE`: it is made elsewhere, and nothing was said of it. */
export type HealthStatus = 'HEALTHY' | 'WARNING' | 'DEGRADED' | 'UNKNOWN' | 'NOT_APPLICABLE'

/** What is not as it should be with an asset, or not known of it. */
export interface HealthReason {
  readonly kind: 'MATERIALIZATION' | 'CHECK' | 'FRESHNESS'
  readonly status: 'WARNING' | 'DEGRADED' | 'UNKNOWN'
  /** CHECK: its name. */
  readonly checkName?: string
  /** In words. */
  readonly reason: string
}

/** How an asset is, and why. */
export interface AssetHealth {
  readonly status: HealthStatus
  /** The worst first. Empty where there is nothing to say against it. */
  readonly reasons: readonly HealthReason[]
}

/** What the health of an asset follows from. */
export interface HealthFacts {
  readonly origin: AssetSnapshot['origin']
  /** How its newest step came out, of one with partitions that of the newest of them; undefined where it never ran. */
  readonly status: 'MATERIALIZED' | 'FAILED' | 'OBSERVED' | undefined
  /** Of how many of its partitions the newest step failed; 0 where it has none. */
  readonly failedPartitions: number
  /** Its checks, with what each found last. */
  readonly checks: readonly CheckFacts[]
  /** Undefined where it has no policy. */
  readonly freshness: Pick<Freshness, 'state' | 'reason'> | undefined
}

interface CheckFacts {
  readonly name: string
  readonly latest: { readonly passed: boolean; readonly severity: CheckSeverity; readonly description: string | null } | undefined
}

/**
 * How an asset is: as its newest materialization, its checks and its freshness say, the worst of them. What isn't known of checks
 * makes no asset unknown whose data is there.
 */
export function assetHealth(facts: HealthFacts): AssetHealth {
  const reasons = [...materializationReasons(facts), ...facts.checks.flatMap(checkReasons), ...freshnessReasons(facts)]
  return { status: statusOf(facts, reasons), reasons: order.flatMap((status) => reasons.filter((reason) => reason.status === status)) }
}

const order = ['DEGRADED', 'WARNING', 'UNKNOWN'] as const

function statusOf({ origin, status, checks, freshness }: HealthFacts, reasons: readonly HealthReason[]): HealthStatus {
  const has = (wanted: HealthReason['status']): boolean => reasons.some((reason) => reason.status === wanted)
  if (has('DEGRADED')) return 'DEGRADED'
  if (has('WARNING')) return 'WARNING'
  if (status !== undefined || checks.some(({ latest }) => latest !== undefined)) return 'HEALTHY'
  return origin === 'external' && freshness === undefined && checks.length === 0 ? 'NOT_APPLICABLE' : 'UNKNOWN'
}

function materializationReasons({ origin, status, failedPartitions }: HealthFacts): readonly HealthReason[] {
  const kind = 'MATERIALIZATION'
  const verb = origin === 'observable' ? 'observation' : 'materialization'
  if (failedPartitions > 0)
    return [{ kind, status: 'DEGRADED', reason: `${failedPartitions} ${failedPartitions === 1 ? 'partition' : 'partitions'} failed.` }]
  if (status === 'FAILED') return [{ kind, status: 'DEGRADED', reason: `Its newest ${verb} failed.` }]
  if (status !== undefined || origin === 'external') return []
  return [{ kind, status: 'UNKNOWN', reason: `It was never ${origin === 'observable' ? 'observed' : 'materialized'}.` }]
}

function checkReasons({ name, latest }: CheckFacts): readonly HealthReason[] {
  const reason = { kind: 'CHECK', checkName: name } as const
  if (latest === undefined) return [{ ...reason, status: 'UNKNOWN', reason: `Check "${name}" was never evaluated.` }]
  if (latest.passed) return []
  const status = latest.severity === 'ERROR' ? 'DEGRADED' : 'WARNING'
  return [{ ...reason, status, reason: `Check "${name}" did not pass${latest.description ? `: ${latest.description}` : '.'}` }]
}

function freshnessReasons({ freshness }: HealthFacts): readonly HealthReason[] {
  if (freshness === undefined || freshness.state === 'PASS') return []
  const status = ({ WARN: 'WARNING', FAIL: 'DEGRADED', UNKNOWN: 'UNKNOWN' } as const)[freshness.state]
  return [{ kind: 'FRESHNESS', status, reason: freshness.reason }]
}
