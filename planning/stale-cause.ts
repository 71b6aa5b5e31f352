import type { AssetKey } from '../definitions/asset-key.ts'

/** Why an asset is stale by itself, and a sentence that says so with the values. `assetKey` is the stale one. */
export type RootCause = { readonly assetKey: AssetKey; readonly reason: string } & (
  | /** Its code has another version than the code that made it. */
    { readonly kind: 'CODE'; readonly was: string; readonly is: string }
  /** It needs an asset that it was not made from, or was made from one that it does not need any more. */
  | { readonly kind: 'DEPENDENCIES'; readonly upstreamKey: AssetKey; readonly change: 'ADDED' | 'REMOVED' }
  /** The data of an upstream asset is not what it was made from. Null: no version; both null where the data is newer all the same. */
  | { readonly kind: 'DATA'; readonly upstreamKey: AssetKey; readonly was: string | null; readonly is: string | null }
)

/** Why an asset is stale. `UPSTREAM`: the asset that it needs is stale, in the end for these root causes. */
export type StaleCause =
  | RootCause
  | ({ readonly kind: 'UPSTREAM'; readonly assetKey: AssetKey; readonly upstreamKey: AssetKey; readonly reason: string } & RootCauses)

/** Causes that others follow from. */
export interface RootCauses {
  /** The nearest {@link maximumRootCauses}, nearest first. */
  readonly roots: readonly RootCause[]
  /** Whether there are more. */
  readonly moreRoots: boolean
}

/** Root causes that are traced for an asset. In a long chain each asset has as many as there are before it; nobody reads them all. */
export const maximumRootCauses = 10

export function codeCause(assetKey: AssetKey, was: string, is: string): StaleCause {
  return { kind: 'CODE', assetKey, was, is, reason: `"${assetKey}" was made with code version ${shown(was)} and has ${shown(is)} now.` }
}

export function dependencyCause(assetKey: AssetKey, upstreamKey: AssetKey, change: 'ADDED' | 'REMOVED'): StaleCause {
  const reason =
    change === 'ADDED'
      ? `"${assetKey}" was made without "${upstreamKey}", which it needs now.`
      : `"${assetKey}" was made from "${upstreamKey}", which it does not need any more.`
  return { kind: 'DEPENDENCIES', assetKey, upstreamKey, change, reason }
}

export function dataCause(assetKey: AssetKey, upstreamKey: AssetKey, was: string | null, is: string | null): StaleCause {
  return { kind: 'DATA', assetKey, upstreamKey, was, is, reason: dataReason(assetKey, upstreamKey, was, is) }
}

/** The cause of data whose versions don't tell, by when it came. */
export function newerDataCause(assetKey: AssetKey, upstreamKey: AssetKey, times: { readonly made: Date; readonly came: Date }): StaleCause {
  const [made, came] = [times.made.toISOString(), times.came.toISOString()]
  const reason = `"${assetKey}" was begun at ${made} from "${upstreamKey}" of an unknown data version, which has changed at ${came}.`
  return { kind: 'DATA', assetKey, upstreamKey, was: null, is: null, reason }
}

export function upstreamCause(assetKey: AssetKey, upstreamKey: AssetKey, { roots, moreRoots }: RootCauses): StaleCause {
  const reason = `"${assetKey}" needs "${upstreamKey}", which is stale: ${rootReasons({ roots, moreRoots })}`
  return { kind: 'UPSTREAM', assetKey, upstreamKey, roots, moreRoots, reason }
}

/**
 * The root causes behind the causes of an asset: its own, then those of its upstream assets.
 *
 * @param causes - at least one
 */
export function rootCausesOf(causes: readonly StaleCause[]): RootCauses {
  const own = causes.filter((cause) => cause.kind !== 'UPSTREAM')
  const inherited = causes.filter((cause) => cause.kind === 'UPSTREAM')
  const distinct = new Set<RootCause>(own.slice(0, maximumRootCauses + 1))
  for (const { roots } of inherited) {
    for (const root of roots) if (distinct.size <= maximumRootCauses) distinct.add(root)
  }
  const moreRoots = distinct.size > maximumRootCauses || inherited.some((cause) => cause.moreRoots)
  return { roots: [...distinct].slice(0, maximumRootCauses), moreRoots }
}

function dataReason(assetKey: AssetKey, upstreamKey: AssetKey, was: string | null, is: string | null): string {
  if (was === null) return `"${assetKey}" was made when "${upstreamKey}" had no data version; it has ${shown(is)} now.`
  const now = is === null ? 'has none now' : `has ${shown(is)} now`
  return `"${assetKey}" was made from data version ${shown(was)} of "${upstreamKey}", which ${now}.`
}

/** The first cause, and how many more there are. */
function rootReasons({ roots, moreRoots }: RootCauses): string {
  const [first, ...others] = roots
  const reason = (first?.reason ?? '').replace(/\.$/, '')
  if (others.length === 0 && !moreRoots) return `${reason}.`
  return `${reason}, and ${others.length}${moreRoots ? ' or more' : ''} other cause${others.length === 1 && !moreRoots ? '' : 's'}.`
}

/** Characters of a version that a sentence repeats. A derived version has 32 at most. */
const mostShown = 40

function shown(version: string | null): string {
  const text = version ?? ''
  return JSON.stringify(text.length > mostShown ? `${text.slice(0, mostShown)}…` : text)
}
