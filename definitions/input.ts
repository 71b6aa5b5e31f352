import type { AnyAsset } from './asset.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import type { IOManager } from './io-manager.ts'
import type { MetadataInput } from './metadata-value.ts'
import { mappingOption, type PartitionGives, type PartitionMapping } from './partition-mappings/partition-mapping.ts'

/** Control over one input. */
export interface InputOptions {
  /** Loads the value with this IO manager instead of the one that saved it. */
  readonly ioManager?: IOManager
  /** Given to the IO manager that loads the value. */
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  /**
   * Which partitions of the asset are needed, where both have partitions that are not the same, or other ones than the same.
   * @default the partition with the same key
   */
  readonly partitionMapping?: PartitionMapping
}

type UnmappedOptions = Omit<InputOptions, 'partitionMapping'>

/** An upstream asset with how it is read. */
export interface Input<TAsset extends AnyAsset = AnyAsset, TGives extends PartitionGives = PartitionGives> extends Branded<'input'> {
  readonly asset: TAsset
  readonly options: InputOptions
  /** Only for types. */
  readonly gives?: TGives
}

/**
 * Reads an upstream asset with options. Dagster's `AssetIn`.
 *
 * @example
 * ```ts
 * inputs: { orders: input(rawOrders, { metadata: { columns: 'id,amount' } }) }
 * ```
 */
export function input<TAsset extends AnyAsset>(asset: TAsset, options?: UnmappedOptions): Input<TAsset, 'one'>
export function input<TAsset extends AnyAsset, TGives extends PartitionGives>(
  asset: TAsset,
  options: UnmappedOptions & { readonly partitionMapping: PartitionMapping<TGives> },
): Input<TAsset, TGives>
export function input<TAsset extends AnyAsset>(asset: TAsset, options: InputOptions = {}): Input<TAsset> {
  mappingOption(`input of "${asset.key}"`, 'partitionMapping', options.partitionMapping)
  return { [kindOf]: 'input', asset, options }
}

export function isInput(value: unknown): value is Input {
  return hasKind(value, 'input')
}
