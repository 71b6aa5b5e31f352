import { type Branded, hasKind, kindOf } from './brand.ts'
import { requireCron, requireZone } from './cron.ts'
import { type Duration, durationText, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'

/** Shortest window of a policy: less is over before a change is recorded. Unit: milliseconds. */
const shortestMs = 1_000

/** Longest window of a policy, 100 years: what is added to a time stays one. Unit: milliseconds. */
const longestMs = 100 * 365 * 24 * 3_600_000

/** A freshness policy as plain data. */
export type FreshnessPolicySpec =
  | {
      readonly kind: 'time-window'
      /** Age from which on it fails. Unit: milliseconds. */
      readonly failWindowMs: number
      /** Age from which on it warns; null for never. Unit: milliseconds. */
      readonly warnWindowMs: number | null
    }
  | {
      readonly kind: 'cron'
      /** Cron expression of five fields: when there must have been an update. */
      readonly deadline: string
      /** How long before a deadline the update may have been. Unit: milliseconds. */
      readonly lowerBoundMs: number
      /** IANA name of the zone whose clocks the deadline goes by. */
      readonly timezone: string
    }

/** How old the data of an asset may be. Made by {@link FreshnessPolicy.timeWindow} or {@link FreshnessPolicy.cron}. */
export interface FreshnessPolicy extends Branded<'freshness-policy'> {
  readonly spec: FreshnessPolicySpec
}

/** What {@link FreshnessPolicy.timeWindow} takes. */
export interface TimeWindowFreshnessOptions {
  /** The asset fails once its last update is so long ago; one second or more. */
  readonly failWindow: Duration
  /** It warns once its last update is so long ago; less than `failWindow`. @default never */
  readonly warnWindow?: Duration
}

/** What {@link FreshnessPolicy.cron} takes. */
export interface CronFreshnessOptions {
  /** When the asset must have been updated: a cron expression of five fields, such as `0 9 * * *`. */
  readonly deadline: string
  /** How long before the deadline that update may have been; one second or more. */
  readonly lowerBound: Duration
  /** IANA name of the time zone whose clocks the deadline goes by. @default 'UTC' */
  readonly timezone?: string
}

/**
 * Ways to say how old the data of an asset may be.
 *
 * @example
 * ```ts
 * const orders = asset({
 *   key: 'orders',
 *   freshness: FreshnessPolicy.timeWindow({ failWindow: '1 day', warnWindow: '12 hours' }),
 *   materialize: () => readOrders(),
 * })
 * const daily = FreshnessPolicy.cron({ deadline: '0 9 * * *', lowerBound: '2 hours', timezone: 'Europe/Berlin' })
 * ```
 */
export const FreshnessPolicy = {
  /** By the age of the last update. @throws `INVALID_OPTION` */
  timeWindow({ failWindow, warnWindow }: TimeWindowFreshnessOptions): FreshnessPolicy {
    const owner = 'FreshnessPolicy.timeWindow()'
    const failWindowMs = windowOption(owner, 'failWindow', failWindow)
    const warnWindowMs = warnWindow === undefined ? null : windowOption(owner, 'warnWindow', warnWindow)
    if (warnWindowMs === null || warnWindowMs < failWindowMs) return policyOf({ kind: 'time-window', failWindowMs, warnWindowMs })
    throw refused(
      owner,
      `warnWindow ${JSON.stringify(warnWindow)} is not shorter than failWindow ${JSON.stringify(failWindow)}, so that it would never warn. ` +
        `Make it shorter, or leave it out.`,
    )
  },
  /** By deadlines: at each there must have been an update, and none that is too old. @throws `INVALID_OPTION` */
  cron({ deadline, lowerBound, timezone = 'UTC' }: CronFreshnessOptions): FreshnessPolicy {
    const owner = 'FreshnessPolicy.cron()'
    const lowerBoundMs = windowOption(owner, 'lowerBound', lowerBound)
    return policyOf({
      kind: 'cron',
      deadline: requireCron(owner, 'deadline', deadline, 'five fields'),
      lowerBoundMs,
      timezone: requireZone(owner, timezone),
    })
  },
} as const

/** What {@link applyFreshnessPolicy} takes: an asset, or a multi-asset with those that it makes. */
type Updated = { readonly freshness: FreshnessPolicySpec | undefined } | { readonly assets: Readonly<Record<string, Updated>> }

/**
 * The same assets with this policy, but for those that have one. The ones that were given stay as they are: list the ones that
 * are returned in `definitions()`. A multi-asset stands for each asset that it makes.
 *
 * @example
 * ```ts
 * const hourly = FreshnessPolicy.timeWindow({ failWindow: '1 hour' })
 * export default definitions({ assets: [...applyFreshnessPolicy(hourly, [orders, customers]), report] })
 * ```
 * @throws `INVALID_OPTION`
 */
export function applyFreshnessPolicy<const TAssets extends readonly Updated[]>(policy: FreshnessPolicy, assets: TAssets): TAssets {
  const spec = specOf('applyFreshnessPolicy()', policy)
  return assets.map((each) => withPolicy(each, spec)) as unknown as TAssets
}

/**
 * Checks the option `freshness` of an asset.
 *
 * @throws `INVALID_OPTION`
 */
export function freshnessOption(owner: string, given: FreshnessPolicy | undefined): FreshnessPolicySpec | undefined {
  return given === undefined ? undefined : specOf(owner, given)
}

function specOf(owner: string, given: FreshnessPolicy): FreshnessPolicySpec {
  if (hasKind(given, 'freshness-policy')) return given.spec
  throw refused(
    owner,
    `freshness is ${JSON.stringify(given)}, which is no policy. ` +
      `Use FreshnessPolicy.timeWindow({ failWindow: '1 day' }) or FreshnessPolicy.cron({ deadline: '0 9 * * *', lowerBound: '2 hours' }).`,
  )
}

function withPolicy(given: Updated, spec: FreshnessPolicySpec): Updated {
  // What is no asset at all is refused by definitions(), which knows its place.
  if (typeof given !== 'object' || given === null) return given
  if (!('assets' in given)) return { ...given, freshness: given.freshness ?? spec }
  return { ...given, assets: Object.fromEntries(Object.entries(given.assets).map(([name, each]) => [name, withPolicy(each, spec)])) }
}

function policyOf(spec: FreshnessPolicySpec): FreshnessPolicy {
  return { [kindOf]: 'freshness-policy', spec }
}

function windowOption(owner: string, option: string, given: Duration): number {
  const length = milliseconds(given, `${owner}: ${option}`, shortestMs)
  if (length <= longestMs) return length
  throw refused(owner, `${option} is ${JSON.stringify(given)}; ${durationText(longestMs)} are the most.`)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
