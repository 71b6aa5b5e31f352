import { describe, test } from 'vitest'
import { asset } from './asset.ts'
import type { AssetCheck } from './asset-check.ts'
import { columnSchemaCheck } from './column-schema-check.ts'
import { externalAsset } from './external-asset.ts'
import { freshnessCheck } from './freshness-check.ts'
import { rowCountCheck } from './row-count-check.ts'

const rows = asset({ key: 'rows', materialize: () => [{ id: 1 }] })
const numbers = asset({ key: 'numbers', materialize: () => [1, 2] })
const table = externalAsset({ key: 'table' })

describe('ready-made checks', () => {
  test('are checks', () => {
    const all: readonly AssetCheck[] = [
      freshnessCheck({ asset: table, maxAge: '1 day', severity: 'WARN', blocking: false, name: 'fresh', description: 'd' }),
      rowCountCheck({ asset: rows, min: 1 }),
      columnSchemaCheck({ asset: rows, columns: { id: 'integer' } }),
    ]
    return all
  })

  test('of freshness want an age', () => {
    // @ts-expect-error how old
    freshnessCheck({ asset: table })
    // @ts-expect-error not a duration
    freshnessCheck({ asset: table, maxAge: 'a while' })
    // @ts-expect-error no such severity
    freshnessCheck({ asset: table, maxAge: '1 day', severity: 'FATAL' })
  })

  test('of rows want a bound, and rows or an entry that counts them', () => {
    rowCountCheck({ asset: numbers, max: 10 })
    rowCountCheck({ asset: table, min: 1, max: 10, fromMetadata: 'rows' })
    // @ts-expect-error how many
    rowCountCheck({ asset: rows })
    // @ts-expect-error nothing says that the table is an array
    rowCountCheck({ asset: table, min: 1 })
  })

  test('of columns want rows or a table schema', () => {
    columnSchemaCheck({ asset: rows, columns: { id: { type: 'number', nullable: true }, made: 'date' }, allowExtra: true })
    columnSchemaCheck({ asset: rows, columns: { id: 'VARCHAR' }, fromMetadata: 'schema' })
    columnSchemaCheck({ asset: table, columns: { id: 'VARCHAR' }, fromMetadata: 'schema' })
    // @ts-expect-error no type of a JavaScript value
    columnSchemaCheck({ asset: rows, columns: { id: 'VARCHAR' } })
    // @ts-expect-error a number has no columns
    columnSchemaCheck({ asset: numbers, columns: { id: 'number' } })
    // @ts-expect-error nothing says that the table is rows
    columnSchemaCheck({ asset: table, columns: { id: 'number' } })
    // @ts-expect-error a table schema does not say what may be null
    columnSchemaCheck({ asset: table, columns: { id: { type: 'number', nullable: true } }, fromMetadata: 'schema' })
  })
})
