import type { DynamicKeys } from '../../definitions/partitions/dynamic-keys.ts'
import type { Page, PageRequest } from './page.ts'

/** A key of dynamic partitions. */
export interface DynamicPartition {
  readonly key: string
  readonly addedAt: Date
}

/** Dynamic partitions that have keys. */
export interface DynamicPartitionsCount {
  readonly name: string
  readonly count: number
}

/** The keys of dynamic partitions, by the name that assets give to all of them. */
export interface DynamicPartitionStore {
  /** Adds keys, in this order; one that is there already stays where it is. Resolves to those that were new, in their order. */
  add(name: string, keys: readonly string[]): Promise<readonly string[]>
  /** Takes keys away; what is not there is none of them. What happened to their partitions is kept. */
  remove(name: string, keys: readonly string[]): Promise<void>
  /** All keys of these names, in the order in which they were added; a name without keys has an empty list. */
  keysOf(names: readonly string[]): Promise<DynamicKeys>
  /** The keys of a name, the newest first. */
  list(name: string, page: PageRequest): Promise<Page<DynamicPartition>>
  /** The names that have keys, in their order, with how many. */
  names(): Promise<readonly DynamicPartitionsCount[]>
}
