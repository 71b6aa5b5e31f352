import pMap from 'p-map'
import { AssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import type { PartitionMap } from '../definitions/partition-map.ts'

/** Values that are loaded side by side where all are asked for. */
const loadsAtOnce = 32

/** A {@link PartitionMap} that keeps no value: who asks for one again loads it again. */
export class LoadedPartitions<TValue> implements PartitionMap<TValue> {
  readonly #keys: ReadonlySet<string>
  readonly #load: (key: string) => Promise<TValue>

  /** @param load - loads the value of one of the keys */
  constructor(keys: Iterable<string>, load: (key: string) => Promise<TValue>) {
    this.#keys = new Set(keys)
    this.#load = load
  }

  get size(): number {
    return this.#keys.size
  }

  readonly keys = (): Iterable<string> => this.#keys.values()

  readonly has = (key: string): boolean => this.#keys.has(key)

  readonly get = async (key: string): Promise<TValue> => {
    if (this.#keys.has(key)) return this.#load(key)
    throw new AssetryError(
      'PARTITION_UNKNOWN',
      `Partition "${key}" is not among those that this input has. ${didYouMean(key, 'partitions', this.#keys)}`,
      { facts: { partitionKey: key } },
    )
  }

  readonly load = async (): Promise<ReadonlyMap<string, TValue>> =>
    new Map(await pMap(this.#keys, async (key) => [key, await this.#load(key)] as const, { concurrency: loadsAtOnce }))

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly [string, TValue]> {
    for (const key of this.#keys) yield [key, await this.#load(key)]
  }
}
