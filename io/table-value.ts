import { types } from 'node:util'
import { AssetryError } from '../definitions/errors.ts'
import { isStream, type Stream } from '../definitions/stream.ts'
import { type ArrowTable, isArrowTable } from './arrow-table.ts'
import { type Batch, type BatchLimits, batchesOf, batchesOfArray } from './batches.ts'
import { rowsOfTable } from './arrow-rows.ts'
import { type ColumnKinds, RowColumns, type TextCheck, wordsFor } from './row-columns.ts'
import type { TableShape } from './table-note.ts'

/** Rows on their way into a table. */
export interface TableValue {
  readonly shape: TableShape
  /** What is known of the columns: all of them where the rows were there, those of the batches that passed where they stream. */
  readonly columns: RowColumns
  /** Looked at already when they come. @throws `VALUE_NOT_STORABLE` */
  readonly batches: AsyncIterable<Batch>
}

/** What {@link tableValue} is told. */
export interface TableOptions {
  /** Whose value it is, for the text of errors. */
  readonly owner: string
  readonly limits: BatchLimits
  readonly declared: ColumnKinds | undefined
  readonly refusesText?: TextCheck | undefined
  readonly signal: AbortSignal
}

/**
 * Takes an array of rows, an Arrow table, or a stream of rows. The rows of an array are looked at before any is written,
 * those of a stream batch by batch.
 *
 * @throws `VALUE_NOT_STORABLE` where it is none of these, or a row can't be stored
 */
export function tableValue(value: unknown, options: TableOptions): TableValue {
  const { owner, limits, declared, refusesText, signal } = options
  const columns = new RowColumns(owner, declared, refusesText)
  if (isArrowTable(value)) return ofTable(value, options)
  if (isStream(value)) return { shape: 'stream', columns, batches: lookedAt(columns, value, limits, signal) }
  if (!Array.isArray(value) && !types.isSet(value)) throw notTable(owner, value)
  const rows: readonly unknown[] = [...value]
  columns.add({ start: 0, items: rows })
  return { shape: 'rows', columns, batches: async(batchesOfArray(rows, limits), signal) }
}

function ofTable(table: ArrowTable, { owner, limits, refusesText, signal }: TableOptions): TableValue {
  const { kinds, rows } = rowsOfTable(table, owner)
  const columns = new RowColumns(owner, kinds, refusesText)
  return { shape: 'table', columns, batches: lookedAt(columns, rows, limits, signal) }
}

async function* lookedAt(columns: RowColumns, rows: Stream, limits: BatchLimits, signal: AbortSignal): AsyncGenerator<Batch> {
  for await (const batch of batchesOf(rows, limits, signal)) {
    columns.add(batch)
    yield batch
  }
}

async function* async(batches: Iterable<Batch>, signal: AbortSignal): AsyncGenerator<Batch> {
  for (const batch of batches) {
    signal.throwIfAborted()
    yield batch
  }
}

function notTable(owner: string, value: unknown): AssetryError {
  const what = wordsFor(value)
  return new AssetryError(
    'VALUE_NOT_STORABLE',
    `The value of ${owner} can't be stored as a table: value is ${what}. Return an array of rows, a stream of rows or an Arrow table, or give the asset another IO manager.`,
    { facts: { owner, path: 'value', why: `is ${what}` } },
  )
}
