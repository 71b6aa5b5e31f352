import type { AnyAsset, Asset, OutputOf } from './asset.ts'
import { kindOf } from './brand.ts'
import { input, type Input, isInput } from './input.ts'
import type { Metadata } from './metadata-value.ts'
import type { PartitionGives } from './partition-mappings/partition-mapping.ts'
import type { PartitionsDefinition } from './partitions/partitions-definition.ts'

/** What an input may be loaded as, other than as it was saved. */
export type InputShape = 'rows' | 'stream' | 'table'

/** The items of an array, a stream or another iterable. */
export type ItemOf<TValue> = TValue extends AsyncIterable<infer TItem> ? TItem : TValue extends Iterable<infer TItem> ? TItem : never

/** An input whose value has another type than its asset makes. */
export type ShapedInput<
  TValue,
  TGives extends PartitionGives = 'one',
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
> = Input<Asset<TValue, DirectCallOfAny, string, TPartitions>, TGives>

type DirectCallOfAny = (inputs: never, context?: never) => unknown

/** `TValue` with some columns only: of its rows, where it has rows. */
export type WithColumns<TValue, TColumn extends PropertyKey> =
  TValue extends AsyncIterable<infer TRow>
    ? AsyncIterable<Pick<TRow, TColumn & keyof TRow>>
    : TValue extends readonly (infer TRow)[]
      ? Pick<TRow, TColumn & keyof TRow>[]
      : TValue

/** Whether an input is one value or a map of several. */
type GivesOf<TGiven> = TGiven extends Input<AnyAsset, infer TGives> ? TGives : 'one'

/** What the partitions of an input's asset are. */
type PartitionsOf<TGiven> =
  TGiven extends Input<infer TInner> ? TInner['partitions'] : TGiven extends AnyAsset ? TGiven['partitions'] : never

/** The names of the columns of rows. */
export type ColumnOf<TValue> = Extract<keyof ItemOf<TValue>, string>

/**
 * Reads an upstream asset item by item, however it was saved. IO managers that can read a part of a value never hold
 * all of it.
 *
 * @example
 * ```ts
 * inputs: { orders: asStream(orders) },
 * materialize: async ({ orders }) => {
 *   let total = 0
 *   for await (const order of orders) total += order.amount
 *   return total
 * }
 * ```
 */
export function asStream<TGiven extends AnyAsset | Input>(
  asset: TGiven,
): ShapedInput<AsyncIterable<ItemOf<OutputOf<TGiven>>>, GivesOf<TGiven>, PartitionsOf<TGiven>> {
  return withMetadata(asset, { as: 'stream' })
}

/** Reads an upstream asset as an array of its rows, however it was saved. */
export function asRows<TGiven extends AnyAsset | Input>(
  asset: TGiven,
): ShapedInput<ItemOf<OutputOf<TGiven>>[], GivesOf<TGiven>, PartitionsOf<TGiven>> {
  return withMetadata(asset, { as: 'rows' })
}

/**
 * Reads some columns of an upstream asset. IO managers of tables read nothing else; others ignore it.
 *
 * @example
 * ```ts
 * inputs: { orders: onlyColumns(orders, ['id', 'amount']) }
 * ```
 */
export function onlyColumns<TGiven extends AnyAsset | Input, const TColumn extends ColumnOf<OutputOf<TGiven>>>(
  asset: TGiven,
  columns: readonly TColumn[],
): ShapedInput<WithColumns<OutputOf<TGiven>, TColumn>, GivesOf<TGiven>, PartitionsOf<TGiven>> {
  return withMetadata(asset, { columns })
}

/** An input like `given`, with metadata added that says how its value is to be read. */
export function withMetadata<TValue, TGives extends PartitionGives, TPartitions extends PartitionsDefinition | undefined>(
  given: AnyAsset | Input,
  metadata: { readonly as: InputShape } | { readonly columns: readonly string[] },
): ShapedInput<TValue, TGives, TPartitions> {
  const { asset, options } = isInput(given) ? given : input(given)
  return {
    [kindOf]: 'input',
    asset: asset as ShapedInput<TValue, TGives, TPartitions>['asset'],
    options: { ...options, metadata: { ...options.metadata, ...metadata } },
  }
}

/** How an input asks to be loaded, from its metadata. Undefined: as it was saved. */
export function inputShape(metadata: Metadata): InputShape | undefined {
  const value = metadata['as']?.value
  return value === 'rows' || value === 'stream' || value === 'table' ? value : undefined
}

/** The columns that an input asks for: a list, or names with commas between them. Undefined: all. */
export function inputColumns(metadata: Metadata): readonly string[] | undefined {
  const value = metadata['columns']?.value
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? value.split(',').map((name) => name.trim()) : undefined
}
