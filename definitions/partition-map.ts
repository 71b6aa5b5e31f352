/**
 * The values of several partitions of an upstream asset, by key, in the order of its partitions. Each is loaded when it is
 * asked for, so that they need not all fit into memory at once.
 *
 * @example
 * ```ts
 * for await (const [day, rows] of orders) total += rows.length
 * ```
 */
export interface PartitionMap<TValue> extends AsyncIterable<readonly [key: string, value: TValue]> {
  /** How many partitions there are. */
  readonly size: number
  readonly keys: () => Iterable<string>
  readonly has: (key: string) => boolean
  /** Loads the value of one partition. @throws `PARTITION_UNKNOWN` for a key that is not among them */
  readonly get: (key: string) => Promise<TValue>
  /** Loads all of them, some side by side. */
  readonly load: () => Promise<ReadonlyMap<string, TValue>>
}
