import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import type { CheckContext } from './check-context.ts'
import { columnSchemaCheck } from './column-schema-check.ts'
import { externalAsset } from './external-asset.ts'
import { type Metadata, metadataOf, MetadataValue } from './metadata-value.ts'
import type { ColumnType, RowColumn } from './row-columns.ts'

const orders = asset({ key: 'raw/orders', materialize: () => [{ id: 1 }] })
const table = externalAsset({ key: 'table' })
const none = {} as CheckContext<undefined>

/** What a check of these columns says of these rows. */
function found(rows: unknown, columns: Readonly<Record<string, RowColumn>>, allowExtra = false) {
  return columnSchemaCheck({ asset: orders, columns, allowExtra }).check({ orders: rows }, none)
}

describe('a column schema check', () => {
  test('passes for rows that have the columns and no others', () => {
    expect(found([{ id: 1, name: 'a' }], { id: 'integer', name: 'string' })).toEqual({ passed: true, severity: 'ERROR' })
    expect(found([], { id: 'integer' }).passed).toBe(true)
  })

  test('is named, and says once what is wrong in how many rows', () => {
    const check = columnSchemaCheck({ asset: orders, columns: { id: 'integer' }, blocking: true, severity: 'WARN' })
    expect(check).toMatchObject({ name: 'column_schema', blocking: true })
    expect(check.check({ orders: [{ id: 1 }, { id: 'x' }, { id: 'y' }, { id: null }, { id: 1, at: 2 }, {}] }, none)).toEqual({
      passed: false,
      severity: 'WARN',
      description: 'Column "id" is a string, not of type integer. Problems in all: 4.',
      metadata: {
        problems: MetadataValue.table([
          { column: 'id', problem: 'is a string, not of type integer', rows: 2, firstRow: 1 },
          { column: 'id', problem: 'is null', rows: 1, firstRow: 3 },
          { column: 'at', problem: 'is not expected', rows: 1, firstRow: 4 },
          { column: 'id', problem: 'is missing', rows: 1, firstRow: 5 },
        ]),
        problemCount: 4,
      },
    })
  })

  const types: readonly (readonly [ColumnType, readonly unknown[], readonly unknown[]])[] = [
    ['string', ['', 'a'], [1, ['a']]],
    ['number', [0, 1.5, Number.NaN], ['1', 1n]],
    ['integer', [0, -3], [1.5, Number.NaN, '1', 1n]],
    ['bigint', [1n], [1]],
    ['boolean', [false], [0, 'true']],
    ['date', [new Date(0)], ['1970-01-01', 0, new Date(Number.NaN)]],
    ['array', [[]], [{ length: 0 }, 'a']],
    ['object', [{}], [[], new Date(0), 'a']],
    ['any', ['a', 0, false, {}], []],
  ]
  test.each(types)('%s fits what it is called, and nothing is never of a type', (type, fitting, others) => {
    expect(fitting.map((value) => found([{ it: value }], { it: type }).passed)).toEqual(fitting.map(() => true))
    expect([...others, null, undefined].filter((value) => found([{ it: value }], { it: type }).passed)).toEqual([])
  })

  test('lets a nullable column be null, undefined or absent, but of no other type', () => {
    const columns = { id: 'number', note: { type: 'string', nullable: true } } as const
    expect(found([{ id: 1, note: null }, { id: 1, note: undefined }, { id: 1 }, { id: 1, note: 'x' }], columns).passed).toBe(true)
    expect(found([{ id: 1, note: 2 }], columns).description).toBe('Column "note" is a number, not of type string.')
  })

  test('lets columns be there that are not named, where it may', () => {
    expect(found([{ id: 1, more: 2 }], { id: 'number' }, true).passed).toBe(true)
    expect(found([{ more: 2 }], { id: 'number' }, true).passed).toBe(false)
  })

  test('does not take what every object inherits for a column', () => {
    expect(found([{ id: 1 }], { id: 'number', constructor: 'any' as const }).description).toBe('Column "constructor" is missing.')
    expect(found([{ id: 1, constructor: 1 }], { id: 'number' }).description).toBe('Column "constructor" is not expected.')
  })

  test('does not pass for what is no rows', () => {
    expect(found({ id: 1 }, { id: 'number' }).description).toBe('The value is an object, not an array of rows.')
    expect(found([{ id: 1 }, null], { id: 'number' })).toMatchObject({ passed: false, description: 'Row 1 is null, not an object.' })
  })

  test('shows twenty problems and counts the others', () => {
    const row = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`c${index}`, 1]))
    const metadata = metadataOf('test', found([row], {}).metadata ?? {})
    expect(metadata['problemCount']).toEqual({ type: 'int', value: 25 })
    expect(metadata['problems']?.type === 'table' && metadata['problems'].value.rows.length).toBe(20)
  })

  test('is refused with a type that there is not', () => {
    expect(() => columnSchemaCheck({ asset: orders, columns: { id: 'int' as 'integer' } })).toThrow(
      'columnSchemaCheck: column "id" has the type "int". The types are "string", "number"',
    )
  })
})

describe('a column schema check by metadata', () => {
  const check = columnSchemaCheck({ asset: table, columns: { id: 'BIGINT', note: 'any' }, fromMetadata: 'schema' })
  const latest = (metadata: Metadata | undefined) =>
    ({
      assetKey: 'table',
      latestMaterialization: metadata && { time: new Date(0), metadata, dataVersion: undefined },
    }) as CheckContext<undefined>
  const said = (columns: Parameters<typeof MetadataValue.tableSchema>[0]) =>
    check.check({}, latest(metadataOf('test', { schema: MetadataValue.tableSchema(columns) })))

  test('loads nothing and compares names and types, whatever the letters’ case', () => {
    expect(check.inputs).toEqual({})
    expect(said([{ name: 'id', type: 'bigint' }, { name: 'note' }]).passed).toBe(true)
    expect(said([{ name: 'id', type: 'int' }, { name: 'note' }]).description).toBe('Column "id" is of type int, not BIGINT.')
    expect(said([{ name: 'id' }, { name: 'note' }]).description).toBe('Column "id" is of type unknown, not BIGINT.')
    expect(said([{ name: 'id', type: 'bigint' }, { name: 'more' }])).toMatchObject({
      passed: false,
      description: 'Column "note" is missing. Problems in all: 2.',
      metadata: {
        problems: MetadataValue.table([
          { column: 'note', problem: 'is missing' },
          { column: 'more', problem: 'is not expected' },
        ]),
      },
    })
  })

  test('does not pass where there is no table schema', () => {
    expect(check.check({}, latest({}))).toMatchObject({
      passed: false,
      description: 'The latest materialization of "table" has no metadata "schema", so its columns aren\'t known.',
    })
    expect(check.check({}, latest(metadataOf('test', { schema: 'id' }))).description).toContain('has metadata "schema" of type text')
    expect(check.check({}, latest(undefined)).description).toBe('"table" was never materialized or observed, so its columns aren\'t known.')
  })
})
