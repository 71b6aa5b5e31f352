/** The type of a value that no function of the project returns. */
export interface ValueType<TValue> {
  /** Only for types. */
  readonly valueType?: TValue
}

/**
 * Says the type of a value where nothing else does: `value: valueType<Row[]>()`. There is nothing behind it at run time.
 *
 * @example
 * ```ts
 * const rawOrders = externalAsset({ key: 'raw/orders', value: valueType<Order[]>() })
 * ```
 */
export function valueType<TValue>(): ValueType<TValue> {
  return {}
}
