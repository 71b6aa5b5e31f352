import type { Definitions } from '../definitions/definitions.ts'
import { dynamicNames } from '../definitions/partitions/dynamic-keys.ts'
import { partitionDimensions } from '../definitions/partitions/multi-partition-key.ts'
import { severalPartitions } from '../definitions/several-partitions.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { AnyAsset } from '../definitions/asset.ts'
import { listed } from '../definitions/nearest.ts'
import { appliedMapping } from '../definitions/partition-mappings/applied-mapping.ts'
import type { PartitionMappingSpec } from '../definitions/partition-mappings/partition-mapping-spec.ts'
import { upstreamPartitions } from '../definitions/partition-mappings/upstream-partitions.ts'
import { partitionWindow } from '../definitions/partitions/partition-window.ts'
import type { PartitionsSpec, TimeWindow } from '../definitions/partitions/partitions-spec.ts'
import { assetByKey } from './asset-index.ts'
import type { StepHost } from './step-host.ts'
import type { StepTarget } from './step-target.ts'

/** The partitions that a step of a run is for: that of the run, where the step's assets have partitions. */
export function stepPartitionKeys(definitions: Definitions, target: StepTarget, partitionKey: string | undefined): readonly string[] {
  return partitionKey === undefined || specOf(definitions, target) === undefined ? [] : [partitionKey]
}

/**
 * The time that a step's partitions are for, from the start of the first to the end of the last.
 *
 * @throws `PARTITION_UNKNOWN` where the definitions have changed since the run was planned, `SEVERAL_PARTITIONS` where they don't
 * follow each other without a gap
 */
export function stepTimeWindow(owner: string, { definitions, target, partitionKeys }: StepHost): TimeWindow | undefined {
  const spec = specOf(definitions, target)
  const [first, ...others] = spec === undefined ? [] : partitionKeys.map((key) => partitionWindow(spec, key))
  if (first === undefined) return undefined
  let { end } = first
  for (const window of others) {
    if (window?.start.getTime() !== end.getTime()) throw severalPartitions(owner, 'partitionTimeWindow', partitionKeys)
    end = window.end
  }
  return { start: first.start, end }
}

/**
 * The parts of a step's partition key, where it has several.
 *
 * @throws `PARTITION_UNKNOWN` where the definitions have changed since the run was planned, `SEVERAL_PARTITIONS` of several partitions
 */
export function stepDimensions(
  owner: string,
  { definitions, target, partitionKeys }: StepHost,
): Readonly<Record<string, string>> | undefined {
  const spec = specOf(definitions, target)
  const [key, ...others] = partitionKeys
  if (spec?.kind !== 'multi' || key === undefined) return undefined
  if (others.length > 0) throw severalPartitions(owner, 'partitionDimensions', partitionKeys)
  return partitionDimensions(spec, key)
}

/** What a step needs of an upstream asset. */
export interface NeededData {
  /** `'whole'` where the asset has no partitions. */
  readonly gives: 'whole' | 'one' | 'many'
  /** The partitions that exist, in their order; empty for a whole. */
  readonly partitionKeys: readonly string[]
  /** Partitions that are needed and don't exist. */
  readonly missing: readonly string[]
}

/** How an upstream asset is needed. */
export interface Need {
  readonly asset: AnyAsset
  /** The mapping that was declared. */
  readonly mapping: PartitionMappingSpec | undefined
  /** Whether its value is loaded; else it only comes first. */
  readonly loaded: boolean
}

/** What the step's partition needs of an upstream asset. @throws what `upstreamPartitions` throws */
export function neededData(host: StepHost, { asset, mapping: declared, loaded }: Need): NeededData {
  const [own, upstream] = [specOf(host.definitions, host.target), asset.partitions?.spec]
  const mapping = appliedMapping({ own, upstream, declared, loaded })
  const [key] = host.partitionKeys
  if (upstream === undefined || mapping === undefined || mapping === 'whole') return { gives: 'whole', partitionKeys: [], missing: [] }
  // The run was checked to be for a partition that exists, and says so itself where the definitions have changed since.
  if (declared === undefined && mapping.kind === 'identity' && key !== undefined) return { gives: 'one', partitionKeys: [key], missing: [] }
  const { keys, missing } = upstreamPartitions(mapping, { key, own, upstream }, host)
  return { gives: mapping.kind === 'identity' || mapping.kind === 'last' ? 'one' : 'many', partitionKeys: keys, missing }
}

/** Whether all partitions of an asset need the same ones by a mapping. Without one, a partition needs the one with the same key. */
export function isSameForAll(mapping: PartitionMappingSpec | undefined): boolean {
  return mapping?.kind === 'all' || mapping?.kind === 'last' || mapping?.kind === 'specific'
}

/** Refuses a step that needs partitions that don't exist. @throws `UPSTREAM_PARTITION_MISSING` */
export function requireExisting(owner: string, asset: AnyAsset, { gives, partitionKeys, missing }: NeededData): void {
  if (missing.length === 0 && (gives !== 'one' || partitionKeys.length > 0)) return
  const which =
    missing.length === 0
      ? 'a partition, and none exists yet'
      : `${listed(missing, 'and')}, which ${missing.length === 1 ? 'does' : 'do'} not exist`
  throw new AssetryError(
    'UPSTREAM_PARTITION_MISSING',
    `The ${owner} needs of asset "${asset.key}" ${which}: outside of its start and end, or not over yet. ` +
      `Let its partitions start earlier, run it later, or leave out what isn't there: timeWindowMapping({ allowNonexistent: true }).`,
    { facts: { assetKey: asset.key, missing } },
  )
}

/** The dynamic partitions whose keys a step must know to see what it needs: those upstream that it doesn't need just the same one of. */
export function neededDynamicNames(definitions: Definitions, { assetKey, assetKeys }: StepTarget): readonly string[] {
  const own = [assetKey, ...(assetKeys ?? [])].flatMap((key) => assetByKey(definitions, key) ?? [])
  const mapped = new Set(
    own.flatMap((asset) => (asset.partitions === undefined ? asset.upstreamKeys : Object.keys(asset.partitionMappings))),
  )
  return dynamicNames([...mapped].flatMap((key) => assetByKey(definitions, key)?.partitions?.spec ?? []))
}

/** All assets of a step have the same partitions. */
export function specOf(definitions: Definitions, { assetKey, assetKeys }: StepTarget): PartitionsSpec | undefined {
  return assetByKey(definitions, assetKey ?? assetKeys?.[0])?.partitions?.spec
}
