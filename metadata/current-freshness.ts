import type { AssetKey } from '../definitions/asset-key.ts'
import type { FreshnessPolicySpec } from '../definitions/freshness-policy.ts'
import { type Freshness, freshnessOf } from '../planning/freshness.ts'
import type { AssetSnapshot } from '../planning/snapshot.ts'
import { contentHash } from './content-hash.ts'
import type { MetadataStore } from './metadata-store.ts'
import type { RecordedFreshness } from './stores/freshness-store.ts'

/** How an asset that has a policy stands now, and what is recorded of it. */
export interface CurrentFreshness extends Freshness {
  readonly policy: FreshnessPolicySpec
  readonly policyHash: string
  readonly updatedAt: Date | null
  /** How it was last found, maybe by another policy; undefined where it never was. */
  readonly recorded: RecordedFreshness | undefined
}

/** How assets stand by their policies, by key; those that have none are not in it. `at`: now, by the store's clock. */
export async function currentFreshness(
  { freshness: store }: Pick<MetadataStore, 'freshness'>,
  assets: readonly Pick<AssetSnapshot, 'key' | 'freshness'>[],
): Promise<{ readonly at: Date; readonly found: ReadonlyMap<AssetKey, CurrentFreshness> }> {
  const policies = new Map(assets.flatMap(({ key, freshness }) => (freshness === undefined ? [] : [[key, freshness] as const])))
  if (policies.size === 0) return { at: new Date(), found: new Map() }
  const keys = [...policies.keys()]
  const [{ at, updates }, states] = await Promise.all([store.lastUpdates(keys), store.states(keys)])
  const standing = ([key, policy]: readonly [AssetKey, FreshnessPolicySpec]): readonly [AssetKey, CurrentFreshness] => {
    const updatedAt = updates.get(key) ?? null
    const policyHash = contentHash(policy).slice(0, 16)
    return [key, { ...freshnessOf(policy, updatedAt, at), policy, policyHash, updatedAt, recorded: states.get(key) }]
  }
  return { at, found: new Map([...policies].map(standing)) }
}
