import { currentFreshness } from '../metadata/current-freshness.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { AssetSnapshot } from '../planning/snapshot.ts'
import type { FreshnessActivities } from '../workflows/activity-contract.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Looks how fresh assets are. May be repeated, and run on several workers at once: a change is recorded once. */
export function freshnessActivities({ store }: Pick<WorkerParts, 'store'>): FreshnessActivities {
  return {
    evaluateFreshness: async ({ codeLocation }) => {
      const assets = await assetsWithPolicy(store, codeLocation)
      if (assets.length === 0) return { nextChangeInMs: null, ended: true }
      const { at, found } = await currentFreshness(store, assets)
      const changed = [...found].filter(
        ([, { state, policyHash, recorded }]) => state !== recorded?.state || policyHash !== recorded.policyHash,
      )
      await store.freshness.record(
        at,
        changed.map(([assetKey, { state, since, policyHash, reason }]) => ({ assetKey, state, since, policyHash, reason })),
      )
      const changes = [...found.values()].flatMap(({ nextChangeAt }) => (nextChangeAt === null ? [] : [nextChangeAt.getTime()]))
      return { nextChangeInMs: changes.length === 0 ? null : changes.reduce((one, other) => Math.min(one, other)) - at.getTime() }
    },
  }
}

/** Of an asset that several code locations define, the first of them by name counts. */
async function assetsWithPolicy({ codeLocations }: MetadataStore, codeLocation: string): Promise<readonly AssetSnapshot[]> {
  const all = await codeLocations.list()
  const own = all.find(({ name }) => name === codeLocation)?.snapshot.assets.filter(({ freshness }) => freshness !== undefined) ?? []
  if (own.length === 0) return []
  const earlier = new Set(all.filter(({ name }) => name < codeLocation).flatMap(({ snapshot }) => snapshot.assets.map(({ key }) => key)))
  return own.filter(({ key }) => !earlier.has(key))
}
