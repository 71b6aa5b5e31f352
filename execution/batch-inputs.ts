import type { AnyAsset } from '../definitions/asset.ts'
import type { Input } from '../definitions/input.ts'
import { placing } from '../definitions/partitions/partition-place.ts'
import { type AssetInput, loadInput, loadValue, type Reader } from './asset-values.ts'
import { LoadedPartitions } from './loaded-partitions.ts'
import type { StepHost } from './step-host.ts'
import { isSameForAll, type NeededData, neededData, requireExisting } from './step-partitions.ts'

/** Loads what several partitions need of upstream assets: of each that has partitions a map of all that one of them needs. */
export async function loadBatchInputs(
  host: StepHost,
  reader: Reader,
  inputs: AnyAsset['inputs'],
): Promise<Readonly<Record<string, unknown>>> {
  const entries = Object.entries(inputs).map(async ([name, input]) => [name, await loadBatchInput(host, reader, input)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function loadBatchInput(host: StepHost, reader: Reader, input: AssetInput): Promise<unknown> {
  if (input.asset.partitions === undefined) return loadInput(host, reader, input)
  return new LoadedPartitions(neededKeys(host, input), (key) => loadValue(host, reader, input, key))
}

/** Says why a partition can't be made: one that it needs doesn't exist. Undefined where all are there. */
export function missingUpstream(host: StepHost, owner: string, inputs: AnyAsset['inputs']): (partitionKey: string) => unknown {
  const mapped = Object.values(inputs).filter(({ options }) => options.partitionMapping !== undefined)
  const own = mapped.filter(({ options }) => !isSameForAll(options.partitionMapping?.spec))
  const [first] = host.partitionKeys
  const shared =
    first === undefined
      ? undefined
      : missingOf(
          mapped.filter((each) => !own.includes(each)),
          first,
        )
  return (key) => shared ?? missingOf(own, key)

  function missingOf(needed: readonly Input[], key: string): unknown {
    try {
      for (const { asset, options } of needed) requireExisting(owner, asset, neededBy(host, key, { asset, options }))
      return undefined
    } catch (error) {
      return error
    }
  }
}

function neededBy(host: StepHost, key: string, { asset, options }: AssetInput): NeededData {
  return neededData({ ...host, partitionKeys: [key] }, { asset, mapping: options.partitionMapping?.spec, loaded: true })
}

/** Each once, in the order of the upstream asset's partitions. */
function neededKeys(host: StepHost, input: AssetInput): readonly string[] {
  const mapping = input.options.partitionMapping?.spec
  if (mapping === undefined) return host.partitionKeys
  const readers = isSameForAll(mapping) ? host.partitionKeys.slice(0, 1) : host.partitionKeys
  const keys = new Set(readers.flatMap((key) => neededBy(host, key, input).partitionKeys))
  const spec = input.asset.partitions?.spec
  if (spec === undefined || readers.length === 1) return [...keys]
  const placeOf = placing(spec, host)
  return [...keys]
    .map((key) => [placeOf(key) ?? -Infinity, key] as const)
    .sort(([one], [other]) => one - other)
    .map(([, key]) => key)
}
