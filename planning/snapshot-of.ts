import type { AnyAsset } from '../definitions/asset.ts'
import { printSelection } from '../definitions/asset-selection.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { environmentNames } from '../definitions/env.ts'
import type { Job } from '../definitions/job.ts'
import type { AnyResource, ConfiguredResource } from '../definitions/resource.ts'
import { configSnapshotOf } from './config-snapshot.ts'
import type { GraphSnapshot } from './graph-snapshot.ts'
import { graphSnapshotOf } from './graph-snapshot-of.ts'
import { resolveSelection } from './selection.ts'
import type { AssetSnapshot, JobSnapshot, ResourceSnapshot, Snapshot } from './snapshot.ts'
import { sortedByName } from './sorted-by-name.ts'

/** IO manager of an asset where neither it nor the definitions name one. */
const defaultIOManagerName = 'filesystem'

/**
 * What of these definitions can be written down. The same definitions give the same JSON, whatever the order in which
 * tags and metadata were written. Asynchronous because config schemas may be.
 */
export async function snapshotOf(definitions: Definitions): Promise<Snapshot> {
  const ioManagerName = definitions.ioManager?.name ?? defaultIOManagerName
  return {
    version: 1,
    assets: await Promise.all(definitions.assets.map((asset) => assetSnapshot(asset, ioManagerName))),
    jobs: await Promise.all(definitions.jobs.map((job) => jobSnapshot(definitions, job))),
    resources: Object.values(definitions.resources).map(resourceSnapshot),
  }
}

async function assetSnapshot(asset: AnyAsset, ioManagerName: string): Promise<AssetSnapshot> {
  return {
    key: asset.key,
    group: asset.group,
    description: asset.description ?? null,
    owners: asset.owners,
    tags: sortedByName(asset.tags),
    kinds: asset.kinds,
    metadata: sortedByName(asset.metadata),
    codeVersion: asset.codeVersion ?? null,
    inputs: Object.entries(asset.inputs).map(([name, input]) => ({ name, key: input.asset.key })),
    upstreamKeys: asset.upstreamKeys,
    resources: [...new Set(resourcesOf(asset).map((resource) => resource.name))],
    ioManager: asset.ioManager?.name ?? ioManagerName,
    retries: asset.retries ?? null,
    timeoutMs: asset.timeoutMs ?? null,
    heartbeatTimeoutMs: asset.heartbeatTimeoutMs ?? null,
    config: await configSnapshotOf(asset.config),
    origin: asset.origin.kind,
    multiAsset: null,
    graph: await assetGraph(asset.origin),
    checks: [],
  }
}

/** The ops of a graph asset ask for it. */
function resourcesOf({ resources, origin }: AnyAsset): readonly AnyResource[] {
  const ofOps = origin.kind === 'graph' ? origin.graph.nodes.flatMap(({ op }) => Object.values(op.resources)) : []
  return [...Object.values(resources), ...ofOps]
}

async function assetGraph(origin: AnyAsset['origin']): Promise<GraphSnapshot | null> {
  if (origin.kind !== 'graph') return null
  return graphSnapshotOf(origin.graph, { result: origin.graph.result ?? null, retries: undefined })
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
