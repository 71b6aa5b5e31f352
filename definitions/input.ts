import type { AnyAsset } from './asset.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import type { IOManager } from './io-manager.ts'
import type { MetadataInput } from './metadata-value.ts'

/** Control over one input. */
export interface InputOptions {
  /** Loads the value with this IO manager instead of the one that saved it. */
  readonly ioManager?: IOManager
  /** Given to the IO manager that loads the value. */
  readonly metadata?: Readonly<Record<string, MetadataInput>>
}

/** An upstream asset with how it is read. */
export interface Input<TAsset extends AnyAsset = AnyAsset> extends Branded<'input'> {
  readonly asset: TAsset
  readonly options: InputOptions
}

/**
 * Reads an upstream asset with options. Dagster's `AssetIn`.
 *
 * @example
 * ```ts
 * inputs: { orders: input(rawOrders, { metadata: { columns: 'id,amount' } }) }
 * ```
 */
export function input<TAsset extends AnyAsset>(asset: TAsset, options: InputOptions = {}): Input<TAsset> {
  return { [kindOf]: 'input', asset, options }
}

export function isInput(value: unknown): value is Input {
  return hasKind(value, 'input')
}
