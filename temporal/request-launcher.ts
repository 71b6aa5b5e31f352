import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import { partitionsAt, specsOf } from '../metadata/partitions-at.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { RequestedRun } from '../metadata/stores/tick-store.ts'
import { planBackfill } from '../planning/plan-backfill.ts'
import { createBackfillLauncher } from './backfill-launcher.ts'
import type { LaunchRequest } from './launch-request.ts'
import { createRunLauncher, factsFor, type LauncherParts } from './run-launcher.ts'
import { requestTarget, type RunTarget, runTarget } from './run-target.ts'

/** Launches what ticks ask for, once each. What {@link createRequestLauncher} makes. */
export interface RequestLauncher {
  resolve(codeLocation: string, request: RequestedRun, added: DynamicKeys): Promise<RunTarget>
  launch(
    codeLocation: string,
    request: RequestedRun,
    idempotencyKey: string,
  ): Promise<{ readonly runId: string } | { readonly backfillId: string }>
}

/** What a launcher of requests is made of. */
type RequestLauncherParts = Omit<LauncherParts, 'configIsChecked'>

/** Launches what ticks ask for: their configs are checked in the tick. */
export function createRequestLauncher({ store, ...parts }: RequestLauncherParts): RequestLauncher {
  const runs = createRunLauncher({ store, ...parts, configIsChecked: true })
  const backfills = createBackfillLauncher({ store, ...parts, configIsChecked: true })
  return {
    resolve: (codeLocation, request, added) => resolved(store, codeLocation, request, added),
    launch: async (codeLocation, { partitions, ...requested }, idempotencyKey) => {
      const request = askedFor(requested)
      if (partitions === undefined) return { runId: (await runs.launch({ codeLocation, ...request, idempotencyKey })).run.runId }
      const { partitionKey: _, ...ofBackfill } = request
      const { backfill } = await backfills.launch({ codeLocation, ...ofBackfill, partitions, idempotencyKey })
      return { backfillId: backfill.backfillId }
    },
  }
}

async function resolved(store: MetadataStore, codeLocation: string, request: RequestedRun, added: DynamicKeys): Promise<RunTarget> {
  const { partitions, ...rest } = request
  const asked = { codeLocation, ...askedFor(rest) }
  const locations = await store.codeLocations.list()
  const facts = await factsFor(asked, locations, store)
  const target = requestTarget(asked, locations, facts)
  const { snapshot } = target.location
  const chosen = snapshot.assets.filter(({ key }) => target.assetKeys.includes(key))
  const at = withAdded(await partitionsAt(store, specsOf(chosen), new Date()), added)
  if (partitions !== undefined) planBackfill(snapshot, { assetKeys: target.assetKeys, partitions }, at)
  else runTarget(asked, locations, { ...at, facts })
  return target
}

/** A request that names a job and a selection is for those of the job's assets. */
function askedFor({ job, selection, ...rest }: Omit<RequestedRun, 'partitions'>): Omit<LaunchRequest, 'partitions'> {
  if (job === undefined) return { ...rest, ...(selection !== undefined && { selection }) }
  return { ...rest, job, ...(selection !== undefined && { ofJob: selection }) }
}

function withAdded<TAt extends { readonly dynamicKeys?: DynamicKeys | undefined }>(at: TAt, added: DynamicKeys): TAt {
  if (at.dynamicKeys === undefined || added.size === 0) return at
  const keys = [...at.dynamicKeys].map(([name, known]) => [name, [...new Set([...known, ...(added.get(name) ?? [])])]] as const)
  return { ...at, dynamicKeys: new Map(keys) }
}
