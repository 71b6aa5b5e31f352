import type { AnyAsset } from '../definitions/asset.ts'
import { printSelection } from '../definitions/asset-selection.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { environmentNames } from '../definitions/env.ts'
import type { Job } from '../definitions/job.ts'
import type { AnyResource, ConfiguredResource } from '../definitions/resource.ts'
import { checkSnapshots } from './check-snapshots.ts'
import { configSnapshotOf } from './config-snapshot.ts'
import type { GraphSnapshot } from './graph-snapshot.ts'
import { graphSnapshotOf } from './graph-snapshot-of.ts'
import { mappingSnapshots } from './mapping-snapshots.ts'
import { resolveSelection } from './selection.ts'
import type { AssetSnapshot, JobSnapshot, ResourceSnapshot, Snapshot } from './snapshot.ts'
import { scheduleSnapshot } from './schedule-snapshot.ts'
import { sensorSnapshot } from './sensor-snapshot.ts'
import { sortedByName } from './sorted-by-name.ts'

/** IO manager of an asset where neither it nor the definitions name one. */
const defaultIOManagerName = 'filesystem'

/** Gives an asset's code version; null where nothing is known of it. */
type CodeVersionOf = (asset: AnyAsset) => string | null

/** What {@link snapshotOf} may be told. */
export interface SnapshotOptions {
  /** @default the one that the asset declares */
  readonly codeVersionOf?: CodeVersionOf
}

function declaredCodeVersion({ codeVersion }: AnyAsset): string | null {
  return codeVersion ?? null
}

/**
 * What of these definitions can be written down. The same definitions give the same JSON, whatever the order in which
 * tags and metadata were written. Asynchronous because config schemas may be.
 */
export async function snapshotOf(
  definitions: Definitions,
  { codeVersionOf = declaredCodeVersion }: SnapshotOptions = {},
): Promise<Snapshot> {
  return {
    version: 1,
    assets: await Promise.all(definitions.assets.map((asset) => assetSnapshot(definitions, asset, codeVersionOf))),
    jobs: await Promise.all(definitions.jobs.map((job) => jobSnapshot(definitions, job))),
    resources: Object.values(definitions.resources).map(resourceSnapshot),
    ...(definitions.schedules.length > 0 && {
      schedules: definitions.schedules.map((schedule) => scheduleSnapshot(definitions, schedule)),
    }),
    ...(definitions.sensors.length > 0 && { sensors: await Promise.all(definitions.sensors.map(sensorSnapshot)) }),
  }
}

async function assetSnapshot(definitions: Definitions, asset: AnyAsset, codeVersionOf: CodeVersionOf): Promise<AssetSnapshot> {
  return {
    key: asset.key,
    group: asset.group,
    description: asset.description ?? null,
    owners: asset.owners,
    tags: sortedByName(asset.tags),
    kinds: asset.kinds,
    metadata: sortedByName(asset.metadata),
    codeVersion: codeVersionOf(asset),
    inputs: Object.entries(asset.inputs).map(([name, input]) => ({ name, key: input.asset.key })),
    upstreamKeys: asset.upstreamKeys,
    resources: [...new Set(resourcesOf(asset).map((resource) => resource.name))],
    ioManager: (asset.ioManager ?? definitions.ioManager)?.name ?? defaultIOManagerName,
    partitions: asset.partitions?.spec ?? null,
    ...mappingSnapshots(definitions, asset),
    ...(asset.backfillPolicy && { backfillPolicy: asset.backfillPolicy }),
    ...(asset.freshness && { freshness: asset.freshness }),
    retries: asset.retries ?? null,
    timeoutMs: asset.timeoutMs ?? null,
    heartbeatTimeoutMs: asset.heartbeatTimeoutMs ?? null,
    config: await configSnapshotOf(asset.config),
    origin: asset.origin.kind,
    multiAsset: multiAssetSnapshot(asset),
    graph: await assetGraph(asset),
    checks: await checkSnapshots(asset, definitions.assetChecks),
  }
}

function multiAssetSnapshot({ origin }: AnyAsset): AssetSnapshot['multiAsset'] {
  if (origin.kind !== 'multi-asset') return null
  const { name, subsettable, outputs } = origin.step
  return { name, subsettable, ...(outputs[origin.output]?.optional === true && { optional: true }) }
}

/** The ops of a graph asset ask for it. */
function resourcesOf({ resources, origin }: AnyAsset): readonly AnyResource[] {
  const ofOps = origin.kind === 'graph' ? origin.graph.nodes.flatMap(({ op }) => Object.values(op.resources)) : []
  return [...Object.values(resources), ...ofOps]
}

async function assetGraph({ origin, retries }: AnyAsset): Promise<GraphSnapshot | null> {
  return origin.kind === 'graph' ? graphSnapshotOf(origin.graph, { result: origin.graph.result ?? null, retries }) : null
}

async function jobSnapshot(definitions: Definitions, job: Job): Promise<JobSnapshot> {
  return {
    name: job.name,
    description: job.description ?? null,
    tags: sortedByName(job.tags),
    ...(job.kind === 'assets'
      ? { selection: printSelection(job.selection), assetKeys: resolveSelection(definitions.assets, job.selection), graph: null }
      : { selection: '', assetKeys: [], graph: await graphSnapshotOf(job.graph, { result: null, retries: job.retries }) }),
    runConfig: job.runConfig as JobSnapshot['runConfig'],
  }
}

function resourceSnapshot({ name, resource, config }: ConfiguredResource): ResourceSnapshot {
  return { name, description: resource.description ?? null, environment: environmentNames(config) }
}
