import type { AnyAsset } from '../definitions/asset.ts'
import type { Input } from '../definitions/input.ts'
import { inputShape } from '../definitions/input-shape.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { metadataOf, type MetadataInput } from '../definitions/metadata-value.ts'
import { isAsyncIterable } from '../definitions/stream.ts'
import { LoadedPartitions } from './loaded-partitions.ts'
import { isReadByAsset } from './asset-index.ts'
import { shapedInput } from './shaped-input.ts'
import type { StepHost } from './step-host.ts'
import { neededData, requireExisting } from './step-partitions.ts'

/** Who reads: an asset, a check, an op; for texts and for the IO manager. */
export interface Reader {
  /** `asset "orders"`. */
  readonly owner: string
  /** The asset that is made from what is read, if any. */
  readonly assetKey: string | undefined
}

/** Loads upstream assets side by side: they come from files and networks. */
export async function loadInputs(
  host: StepHost,
  reader: Reader,
  inputs: Readonly<Record<string, Input>>,
): Promise<Readonly<Record<string, unknown>>> {
  const entries = Object.entries(inputs)
  return Object.fromEntries(await Promise.all(entries.map(async ([name, input]) => [name, await loadInput(host, reader, input)] as const)))
}

/**
 * Loads what a step needs of one upstream asset: the value as a whole, that of one partition, or a map of those of several.
 *
 * @throws `UPSTREAM_PARTITION_MISSING` where a partition that is needed doesn't exist, and what the IO manager throws
 */
export async function loadInput(host: StepHost, reader: Reader, input: AssetInput): Promise<unknown> {
  const { asset, options } = input
  const mapping = options.partitionMapping?.spec
  if (mapping === undefined) return loadValue(host, reader, input, partitionOf(host, asset))
  const needed = neededData(host, { asset, mapping, loaded: true })
  requireExisting(reader.owner, asset, needed)
  const [key] = needed.partitionKeys
  return needed.gives === 'many'
    ? new LoadedPartitions(needed.partitionKeys, (each) => loadValue(host, reader, input, each))
    : loadValue(host, reader, input, key)
}

/** An upstream asset, and how it is read. */
export type AssetInput = Pick<Input, 'asset' | 'options'>

/** Loads by the IO manager of the input, or else by the one that saved the value. */
export async function loadValue(
  host: StepHost,
  reader: Reader,
  { asset, options }: AssetInput,
  partitionKey: string | undefined,
): Promise<unknown> {
  const inputMetadata = metadataOf(`an input of ${reader.owner}`, options.metadata ?? {})
  const manager = options.ioManager ?? ioManagerOf(host, asset)
  const loaded: unknown = await manager.load({
    assetKey: asset.key,
    partitionKey,
    downstreamKey: reader.assetKey,
    inputMetadata,
    log: host.log,
    signal: host.signal,
  })
  return shapedInput(inputShape(inputMetadata), loaded)
}

/** What an asset was saved as, loaded when it is iterated: a stream is used up by saving it. */
export function savedStream(host: StepHost, asset: AnyAsset): AsyncIterable<unknown> {
  return readAgain(() => loadInput({ ...host, signal: new AbortController().signal }, noReader, { asset, options: {} }))
}

/** Iterates what `load` gives, anew each time. */
export function readAgain(load: () => Promise<unknown>): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      const loaded = await load()
      yield* isAsyncIterable(loaded) ? loaded : (loaded as Iterable<unknown>)
    },
  }
}

const noReader: Reader = { owner: 'the caller', assetKey: undefined }

/**
 * Saves what a function returned for an asset. A function that returns nothing has nothing to store: it wrote its data
 * itself. Where another asset reads it as an input, nothing is a value like any other, and must replace the one before.
 */
export async function saveAsset(host: StepHost, asset: AnyAsset, value: unknown, added: Record<string, MetadataInput>): Promise<void> {
  if (value === undefined && !isReadByAsset(host.definitions, asset.key)) return host.confirm()
  await ioManagerOf(host, asset).save(
    {
      assetKey: asset.key,
      partitionKey: partitionOf(host, asset),
      runId: host.run.id,
      stepKey: host.target.stepKey,
      definitionMetadata: asset.metadata,
      log: host.log,
      signal: host.signal,
      addMetadata: (metadata) => void Object.assign(added, metadata),
      confirm: () => confirmed(host),
    },
    value,
  )
}

/** This attempt may still write, and nobody has asked it to stop. */
export async function confirmed(host: StepHost): Promise<void> {
  host.signal.throwIfAborted()
  await host.confirm()
}

function ioManagerOf(host: StepHost, asset: AnyAsset): IOManager {
  return asset.ioManager ?? host.definitions.ioManager ?? host.defaultIOManager
}

/** A step of a partition reads and writes that of its assets that have partitions, and the others whole. */
function partitionOf(host: StepHost, asset: AnyAsset): string | undefined {
  return asset.partitions === undefined ? undefined : host.partitionKeys[0]
}
