import { type IOManager, ioManager } from '../definitions/io-manager.ts'
import { MetadataValue } from '../definitions/metadata-value.ts'
import type { BatchLimits } from './batches.ts'
import type { ColumnKinds } from './row-columns.ts'
import type { SqlDialect } from './sql-dialect.ts'
import { loadTable, withSession } from './sql-load.ts'
import { partitionExprOf, replacePartition } from './sql-partition.ts'
import { replaceTable } from './sql-save.ts'
import { tableNameOf } from './sql-table-name.ts'
import { tableFacts } from './table-facts.ts'
import { tableValue } from './table-value.ts'

/** Options of the IO managers that keep a table a value. */
export interface TableManagerOptions {
  /** Kinds of columns that are not to be found out from the rows, such as those of a stream that begin with null. */
  readonly columns?: ColumnKinds
  /**
   * What gives the partition of a row, for assets with partitions: a column, or an SQL expression. An asset's metadata
   * `partition_expr` goes first.
   */
  readonly partitionExpr?: string
}

/** Rows that are held at a time, in writing: about 4 MiB, or 20,480 of them. */
const batchLimits: BatchLimits = { items: 20_480, bytes: 4 * 1024 * 1024 }

/** An IO manager that keeps values as tables of a database. */
export function sqlTableManager(dialect: SqlDialect, options: TableManagerOptions): IOManager {
  return ioManager({
    name: dialect.name,
    async save(context, given) {
      const name = tableNameOf(context, dialect.naming)
      const { signal, partitionKey } = context
      const partitionExpr = partitionKey === undefined ? undefined : partitionExprOf(context, options.partitionExpr)
      const { refusesText } = dialect
      const owner = `asset "${context.assetKey}"`
      const value = tableValue(given, { owner, limits: batchLimits, declared: options.columns, refusesText, signal })
      await withSession(dialect, signal, async (session) => {
        const save = { context, dialect, session, name, value }
        if (partitionKey === undefined) await replaceTable(save)
        else await replacePartition(save, partitionKey, partitionExpr ?? '')
      })
      const { rows, columns } = value.columns
      const typed = columns.map((column) => ({ name: column.name, type: dialect.typeOf(column) }))
      context.addMetadata({ table: MetadataValue.text(`${name.schema}.${name.table}`), ...tableFacts(rows, typed) })
    },
    load: (context) => loadTable({ context, dialect, name: tableNameOf(context, dialect.naming), partitionExpr: options.partitionExpr }),
  })
}
