import {
  AddedDynamicPartitionKeys,
  type DynamicPartitionKey,
  DynamicPartitionKeyPage,
  DynamicPartitionsPage,
  RemovedDynamicPartitionKey,
} from '../api/contract/dynamic-partitions.ts'
import { everyItem, type PageOptions } from './pages.ts'
import type { Transport } from './transport.ts'

/** Partitions that are added and removed at run time. Every method rejects with an `ApiError`. */
export interface DynamicPartitionClient {
  /** By name, with how many keys each has. */
  list(page?: PageOptions): Promise<DynamicPartitionsPage>
  /** Newest first. */
  keys(name: string, page?: PageOptions): Promise<DynamicPartitionKeyPage>
  /** All of them, newest first, page by page. */
  iterateKeys(name: string): AsyncIterable<DynamicPartitionKey>
  /** Adds keys, in this order; `added` are those that were new. */
  add(name: string, keys: readonly string[]): Promise<AddedDynamicPartitionKeys>
  /** Removes a key; what happened to its partitions stays. */
  remove(name: string, key: string): Promise<RemovedDynamicPartitionKey>
}

/** The part of a client that is about dynamic partitions. */
export function dynamicPartitionClient(transport: Transport): DynamicPartitionClient {
  const path = '/api/v1/dynamic-partitions'
  const keysOf = (name: string) => `${path}/${encodeURIComponent(name)}/keys`
  const keys: DynamicPartitionClient['keys'] = (name, page) =>
    transport.call(DynamicPartitionKeyPage, { path: keysOf(name), query: { ...page } })
  return {
    list: (page) => transport.call(DynamicPartitionsPage, { path, query: { ...page } }),
    keys,
    iterateKeys: (name) => everyItem((page) => keys(name, page)),
    add: (name, given) => transport.call(AddedDynamicPartitionKeys, { method: 'POST', path: keysOf(name), body: { keys: given } }),
    remove: (name, key) =>
      transport.call(RemovedDynamicPartitionKey, { method: 'DELETE', path: `${keysOf(name)}/${encodeURIComponent(key)}` }),
  }
}
