import type { Asset, AssetInputs } from './asset.ts'
import type { BackfillPolicy } from './backfill-policy.ts'
import type { Input } from './input.ts'
import type { ValueOf } from './output.ts'
import type { PartitionMap } from './partition-map.ts'

/** The values of several partitions by their keys: all together, or pair after pair, so that they need not be held at once. */
export type PartitionValues<TValue = unknown> =
  | Iterable<readonly [key: string, value: TValue]>
  | AsyncIterable<readonly [key: string, value: TValue]>

/** What a function that makes several partitions at once may return: their values, or nothing where it has written them itself. */
export type BatchReturn = PartitionValues | void | Promise<PartitionValues | void>

/** What an input is loaded as for several partitions at once: of an asset with partitions always a map. */
export type BatchInput<TInput> =
  TInput extends Input<infer TInner>
    ? BatchInput<TInner>
    : TInput extends Asset<infer TOutput, infer _TDirectCall, infer _TKey, infer TPartitions>
      ? TPartitions extends undefined
        ? TOutput
        : PartitionMap<TOutput>
      : never

/** What `materialize` receives for several partitions at once. */
export type BatchInputs<TInputs extends AssetInputs> = { readonly [K in keyof TInputs]: BatchInput<TInputs[K]> }

/** The value of one partition in what a function that makes several returns. */
export type BatchValueOf<TReturn> =
  Awaited<TReturn> extends infer TResolved
    ? TResolved extends PartitionValues<infer TValue>
      ? ValueOf<TValue>
      : TResolved extends undefined | void
        ? TResolved
        : never
    : never

/** What `materialize` may return: anything, unless it makes several partitions at once. */
export type ReturnFor<TPolicy> = TPolicy extends BackfillPolicy ? BatchReturn : unknown
