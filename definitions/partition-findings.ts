import type { AnyAsset } from './asset.ts'
import type { AssetCheck } from './asset-check.ts'
import { type AssetKey, lastKeyPart } from './asset-key.ts'
import type { Finding } from './errors.ts'
import type { Input } from './input.ts'
import { appliedMapping } from './partition-mappings/applied-mapping.ts'
import { mappingProblem } from './partition-mappings/mapping-problem.ts'
import type { PartitionMapping } from './partition-mappings/partition-mapping.ts'
import { isTimeSpec, type PartitionsSpec } from './partitions/partitions-spec.ts'
import { partitionsText } from './partitions/partitions-text.ts'

/** The specs of the assets; undefined for those without partitions. */
type Specs = ReadonlyMap<AssetKey, PartitionsSpec | undefined>

/** Who reads upstream assets: an asset, or a check of one. */
interface Reader {
  /** `Asset "report"`. */
  readonly title: string
  readonly path: string
  /** The asset whose partitions it is for. */
  readonly assetKey: AssetKey
  readonly inputs: Readonly<Record<string, Input>>
  readonly upstreamKeys: readonly AssetKey[]
  readonly partitionMappings: Readonly<Record<AssetKey, PartitionMapping>>
}

/**
 * Assets that need one with other partitions than they have themselves where nothing says which of them belong together,
 * and partition mappings that don't fit the partitions. An asset without partitions may be upstream of every other.
 */
export function partitionFindings(assets: readonly AnyAsset[], checks: readonly AssetCheck[]): readonly Finding[] {
  const specs = new Map(assets.map(({ key, partitions }) => [key, partitions?.spec]))
  const readers: readonly Reader[] = [
    ...assets.map(({ key, inputs, upstreamKeys, partitionMappings }) => ({
      title: `Asset "${key}"`,
      path: `assets.${key}`,
      assetKey: key,
      inputs,
      upstreamKeys,
      partitionMappings,
    })),
    ...checks.map(({ name, assetKey, inputs, upstreamKeys, partitionMappings }) => ({
      title: `Check "${name}" of asset "${assetKey}"`,
      path: `assetChecks.${assetKey}:${name}`,
      assetKey,
      inputs,
      upstreamKeys,
      partitionMappings,
    })),
  ]
  return readers.flatMap((reader) => readerFindings(reader, specs))
}

function readerFindings(reader: Reader, specs: Specs): readonly Finding[] {
  const loadedKeys = new Set(Object.values(reader.inputs).map(({ asset }) => asset.key))
  const keys = new Set([...reader.upstreamKeys, ...Object.keys(reader.partitionMappings)])
  return [...keys].filter((key) => specs.has(key)).flatMap((key) => upstreamFindings(reader, key, specs, loadedKeys.has(key)))
}

function upstreamFindings(
  { title, path, assetKey, partitionMappings }: Reader,
  key: AssetKey,
  specs: Specs,
  loaded: boolean,
): readonly Finding[] {
  const [own, upstream] = [specs.get(assetKey), specs.get(key)]
  const declared = partitionMappings[key]?.spec
  if (upstream === undefined) return declared === undefined ? [] : [noPartitions(title, path, key)]
  const mapping = appliedMapping({ own, upstream, declared, loaded })
  if (mapping === undefined) return [partitionsDiffer(title, path, { key, own, upstream })]
  const problem = mapping === 'whole' ? undefined : mappingProblem(mapping, { own, upstream })
  if (problem === undefined) return []
  return [
    { code: 'PARTITION_MAPPING_INVALID', path, message: `${title} needs "${key}" by a partition mapping that doesn't fit: ${problem}` },
  ]
}

function noPartitions(title: string, path: string, key: AssetKey): Finding {
  const message = `${title} needs "${key}" by a partition mapping, but that asset has no partitions and is always needed as a whole. Take the mapping away.`
  return { code: 'PARTITION_MAPPING_INVALID', path, message }
}

/** Assets between which nothing says which partitions belong together. */
interface Strangers {
  readonly key: AssetKey
  readonly own: PartitionsSpec | undefined
  readonly upstream: PartitionsSpec
}

function partitionsDiffer(title: string, path: string, strangers: Strangers): Finding {
  const { key, own, upstream } = strangers
  const has = own === undefined ? 'has no partitions' : `has other ones, ${partitionsText(own)}`
  const message =
    `${title} needs "${key}", which has ${partitionsText(upstream)}, and ${has}: which partitions it would get, nothing says. ` +
    `Say it, such as input(${lastKeyPart(key)}, { partitionMapping: ${proposed(strangers)} }), or give both the same partitions.`
  return { code: 'PARTITIONS_DIFFER', path, message }
}

/** The mapping that is most likely meant. */
function proposed({ own, upstream }: Strangers): string {
  if (own === undefined) return 'allPartitionsMapping()'
  if (isTimeSpec(own) && isTimeSpec(upstream) && own.timezone === upstream.timezone) return 'timeWindowMapping()'
  if (own.kind === 'static' && upstream.kind === 'static') return `staticMapping({ ${quoted(upstream.keys[0])}: ${quoted(own.keys[0])} })`
  return 'lastPartitionMapping()'
}

function quoted(key: string | undefined): string {
  return JSON.stringify(key ?? '')
}
