import type { Asset, AssetDep } from './asset.ts'
import { type AssetDescription, describedAsset } from './asset-description.ts'
import { assetKey } from './asset-key.ts'
import { kindOf } from './brand.ts'
import { noComputation } from './computation-options.ts'
import { type IOManager, ioManagerOption } from './io-manager.ts'
import { notMaterializable } from './not-materializable.ts'
import { type PartitionsDefinition, partitionsOption } from './partitions/partitions-definition.ts'
import { upstreamOf } from './upstream.ts'
import type { ValueType } from './value-type.ts'

/** What {@link externalAsset} takes. */
export interface ExternalAssetOptions<
  TValue,
  TKey extends string,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
> extends AssetDescription {
  /** Its name: `orders`, or with parts `raw/orders`. */
  readonly key: TKey
  /** The type that assets get which have it as an input: `valueType<Row[]>()`. */
  readonly value?: ValueType<TValue>
  /** Assets that it is known to be made from, for lineage. */
  readonly deps?: readonly AssetDep[]
  /** Cuts it into parts that are made one by one, each with a key. @default none */
  readonly partitions?: TPartitions
  /** Loads its value for those that have it as an input. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
}

/**
 * Declares an asset that is made elsewhere: no run makes it. Others may have it as an input, which its IO manager loads,
 * or as a dep. What happens to it is reported from outside.
 *
 * `externalAsset<Row[]>({ … })` says the type of its value too, but then the types don't know its key.
 *
 * @example
 * ```ts
 * const rawOrders = externalAsset({ key: 'raw/orders', kinds: ['postgres'], value: valueType<Order[]>(), ioManager: warehouse })
 * ```
 * @throws `INVALID_ASSET_KEY`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function externalAsset<TValue = unknown, const TKey extends string = string>(
  options: ExternalAssetOptions<TValue, TKey, undefined>,
): Asset<TValue, never, TKey, undefined>
export function externalAsset<TValue = unknown, const TKey extends string = string>(
  options: ExternalAssetOptions<TValue, TKey, PartitionsDefinition>,
): Asset<TValue, never, TKey, PartitionsDefinition>
export function externalAsset<TValue = unknown, const TKey extends string = string>(
  options: ExternalAssetOptions<TValue, TKey>,
): Asset<TValue, never, TKey> {
  const key = assetKey(options.key)
  const owner = `asset "${key}"`
  return {
    [kindOf]: 'asset',
    key,
    ...describedAsset(owner, options),
    codeVersion: undefined,
    ...upstreamOf(owner, { ...(options.deps && { deps: options.deps }) }),
    ...noComputation,
    ioManager: ioManagerOption(owner, options.ioManager),
    partitions: partitionsOption(owner, options.partitions),
    selfMapping: undefined,
    origin: { kind: 'external' },
    checks: [],
    materialize: notMaterializable(key, 'is external: it is made elsewhere'),
  }
}
