import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { Batch } from './batches.ts'

/** Batches that are counted while they pass. */
export interface CountedRows {
  readonly batches: AsyncIterable<Batch>
  /** `rows`, once all have passed; nothing where the items are bytes. */
  readonly facts: () => Readonly<Record<string, MetadataInput>>
}

/** Counts the items of batches, for the materialization's metadata. */
export function countedRows(batches: AsyncIterable<Batch>): CountedRows {
  let rows = 0
  let areBytes = false
  async function* counting(): AsyncGenerator<Batch> {
    for await (const batch of batches) {
      areBytes = batch.items[0] instanceof Uint8Array
      rows += batch.items.length
      yield batch
    }
  }
  return { batches: counting(), facts: () => (areBytes ? {} : { rows }) }
}
