import { assetCheck, type Checkable } from './asset-check.ts'
import type { CheckContext } from './check-context.ts'
import type { CheckFacts } from './check-spec.ts'
import { type Duration, durationText, milliseconds } from './duration.ts'
import { type ReadyMadeCheck, type ReadyMadeCheckOptions, readyMadeOptions } from './ready-made-check.ts'

/** What {@link freshnessCheck} takes. */
export interface FreshnessCheckOptions extends ReadyMadeCheckOptions {
  readonly asset: Checkable
  /** How old the asset may be. */
  readonly maxAge: Duration
}

/**
 * A check that an asset is not older than it may be; named `freshness` unless told otherwise. An asset is as old as its
 * latest materialization. One that is observed is as old as the data version that was found: to find the same one again
 * makes nothing fresher. One that never was either does not pass. The asset isn't loaded.
 *
 * @example
 * ```ts
 * const fresh = freshnessCheck({ asset: rawOrders, maxAge: '1 day', severity: 'WARN' })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`
 */
export function freshnessCheck(options: FreshnessCheckOptions): ReadyMadeCheck {
  const { severity = 'ERROR' } = options
  const maximumMs = milliseconds(options.maxAge, 'freshnessCheck: maxAge')
  return assetCheck({
    ...readyMadeOptions('freshness', options),
    asset: options.asset,
    loadsAsset: false,
    check: (_inputs, context) => ({ severity, ...ageFacts(context, maximumMs) }),
  })
}

function ageFacts(context: CheckContext, maximumMs: number): CheckFacts {
  const updated = lastUpdate(context)
  if (updated === undefined) return { passed: false, description: `"${context.assetKey}" was never materialized or observed.` }
  const ageMs = Math.max(0, context.now.getTime() - updated.getTime())
  return {
    passed: ageMs <= maximumMs,
    description: `Last updated ${durationText(ageMs)} ago; ${durationText(maximumMs)} at most are expected.`,
    metadata: { lastUpdated: updated, ageSeconds: Math.round(ageMs / 1_000), maximumAgeSeconds: maximumMs / 1_000 },
  }
}

function lastUpdate({ latestMaterialization, latestObservation, dataVersionAt }: CheckContext): Date | undefined {
  const observed = latestObservation?.dataVersion === undefined ? latestObservation?.time : (dataVersionAt ?? latestObservation.time)
  const times = [latestMaterialization?.time, observed].filter((time) => time !== undefined)
  return times.length === 0 ? undefined : new Date(Math.max(...times.map((time) => time.getTime())))
}
