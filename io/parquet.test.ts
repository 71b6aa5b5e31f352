import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  DateDay,
  Dictionary,
  Float32,
  Int16,
  Int32,
  Int64,
  List,
  Table,
  tableFromArrays,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoredValue } from '../definitions/io-manager.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import { isArrowTable } from './arrow-table.ts'
import { gathered } from './gathered.ts'
import { folderFixture, ioManagerSuite, loading, metadataOfSave, saving } from './io-manager.suite.ts'
import { type ParquetCompression, parquetIOManager } from './parquet.ts'

const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }

ioManagerSuite('parquet', () => folderFixture((folder) => parquetIOManager({ folder })), 'rows')
ioManagerSuite('parquet, compressed by gzip', () => folderFixture((folder) => parquetIOManager({ folder, compression: 'gzip' })), 'rows')

describe('IO manager parquet', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assetry-parquet-'))
    file = join(folder, 'raw', 'orders', '@value.parquet')
  })

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  /** What another program reads from the file. */
  async function readByDuckDB(sql: string): Promise<unknown[]> {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const rows = (await connection.runAndReadAll(sql.replace('FILE', `'${file}'`))).getRowObjectsJson()
    connection.closeSync()
    instance.closeSync()
    return rows
  }

  async function loaded(metadata: Readonly<Record<string, MetadataInput>> = {}): Promise<unknown> {
    return parquetIOManager({ folder }).load(loading(orders, metadata))
  }

  it('writes a file that other programs read, with types that fit', async () => {
    const row = {
      id: 1,
      large: 2 ** 40,
      amount: 1.5,
      n: 2n ** 40n,
      name: 'ü',
      day: new Date('2026-01-02T03:04:05.678Z'),
      ok: true,
      tags: ['a'],
    }
    await parquetIOManager({ folder }).save(saving(orders), [row, { ...row, name: null }])
    const types = await readByDuckDB('select column_name as name, column_type as type from (describe select * from FILE)')
    expect(Object.fromEntries((types as { name: string; type: string }[]).map(({ name, type }) => [name, type]))).toEqual({
      id: 'INTEGER',
      large: 'BIGINT',
      amount: 'DOUBLE',
      n: 'BIGINT',
      name: 'VARCHAR',
      day: 'TIMESTAMP WITH TIME ZONE',
      ok: 'BOOLEAN',
      tags: 'JSON',
    })
    expect(await readByDuckDB("select name, epoch_ms(day) as ms, tags->>'$[0]' as tag from FILE")).toEqual([
      { name: 'ü', ms: String(row.day.getTime()), tag: 'a' },
      { name: null, ms: String(row.day.getTime()), tag: 'a' },
    ])
  })

  it('reads a file that another program wrote', async () => {
    await parquetIOManager({ folder }).save(saving(orders), [{ id: 1 }])
    await readByDuckDB(
      "copy (select 1::bigint as id, 'x' as name, date '2026-01-02' as day union all select 2, null, null) to FILE (format parquet)",
    )
    expect(await loaded()).toEqual([
      { id: 1n, name: 'x', day: new Date('2026-01-02') },
      { id: 2n, name: null, day: null },
    ])
  })

  it('reports rows, schema, bytes and path without being asked', async () => {
    const metadata = await metadataOfSave(parquetIOManager({ folder }), orders, [{ id: 1, at: new Date(0) }])
    expect(metadata).toEqual({
      path: { type: 'path', value: file },
      bytes: { type: 'int', value: (await readFile(file)).length },
      rows: { type: 'int', value: 1 },
      schema: {
        type: 'tableSchema',
        value: {
          columns: [
            { name: 'id', type: 'INT32' },
            { name: 'at', type: 'TIMESTAMP' },
          ],
        },
      },
    })
  })

  it('keeps a file for each partition beside the others', async () => {
    const manager = parquetIOManager({ folder })
    for (const partitionKey of ['2026-01-01', '2026-01-02'])
      await manager.save(saving({ assetKey: 'daily', partitionKey }), [{ partitionKey }])
    expect(await readdir(join(folder, 'daily'))).toEqual(['2026-01-01.parquet', '2026-01-02.parquet'])
    file = join(folder, 'daily', '*.parquet')
    expect(await readByDuckDB('select count(*)::int as files from FILE')).toEqual([{ files: 2 }])
  })

  it('loads only the columns that an input asks for, in every shape', async () => {
    const manager = parquetIOManager({ folder })
    await manager.save(saving(orders), [{ id: 1, name: 'a', amount: 2 }])
    expect(await loaded({ columns: ['id', 'amount'] })).toEqual([{ id: 1, amount: 2 }])
    expect(await loaded({ columns: 'amount' })).toEqual([{ amount: 2 }])
    expect(await gathered((await loaded({ columns: ['name'], as: 'stream' })) as AsyncIterable<unknown>)).toEqual([{ name: 'a' }])
    expect(((await loaded({ columns: ['name'], as: 'table' })) as Table).schema.names).toEqual(['name'])
  })

  it('names a column that an input asks for and the file does not have, and those it has', async () => {
    await parquetIOManager({ folder }).save(saving(orders), [{ id: 1, amount: 2 }])
    await expect(async () => loaded({ columns: ['price'] })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/"price".*id, amount/) as string,
    })
  })

  it('loads as rows what was a stream, and as a stream what was rows', async () => {
    const rows = [{ id: 1 }, { id: 2 }]
    await parquetIOManager({ folder }).save(saving(orders), rows.values())
    expect(await loaded({ as: 'rows' })).toEqual(rows)
    await parquetIOManager({ folder }).save(saving(orders), rows)
    expect(await gathered((await loaded({ as: 'stream' })) as AsyncIterable<unknown>)).toEqual(rows)
  })

  it('keeps an Arrow table, which comes back as one', async () => {
    const table = new Table({
      id: vectorFromArray([1, null, 3], new Int32()),
      n: vectorFromArray([1n, null, 2n ** 60n], new Int64()),
      small: vectorFromArray([1, 2, 3], new Int16()),
      ratio: vectorFromArray([0.5, null, 1.5], new Float32()),
      name: vectorFromArray(['a', null, 'a'], new Dictionary(new Utf8(), new Int32())),
      at: vectorFromArray([5, null, 7], new TimestampMillisecond()),
      day: vectorFromArray([new Date(86_400_000), null, new Date(0)], new DateDay()),
    })
    await parquetIOManager({ folder }).save(saving(orders), table)
    const back = await loaded()
    expect(isArrowTable(back)).toBe(true)
    expect(rowsOf(back as Table)).toEqual(rowsOf(table))
    expect(await loaded({ as: 'rows' })).toEqual([
      { id: 1, n: 1n, small: 1, ratio: 0.5, name: 'a', at: new Date(5), day: new Date(86_400_000) },
      { id: null, n: null, small: 2, ratio: null, name: null, at: null, day: null },
      { id: 3, n: 2n ** 60n, small: 3, ratio: 1.5, name: 'a', at: new Date(7), day: new Date(0) },
    ])
  })

  it('gives a table of rows, with types from the file', async () => {
    await parquetIOManager({ folder }).save(saving(orders), [{ id: 1, n: 2n, at: new Date(5), tags: ['a'], none: null }])
    const table = (await loaded({ as: 'table' })) as Table
    expect(table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
      'id Int32',
      'n Int64',
      'at Timestamp<MILLISECOND, UTC>',
      'tags Utf8',
      'none Utf8',
    ])
    expect(rowsOf(table)).toEqual([{ id: 1, n: 2n, at: 5, tags: '["a"]', none: null }])
  })

  it('refuses a table with a column that rows could not give back', async () => {
    const table = tableFromArrays({ id: [1] }).assign(
      new Table({ tags: vectorFromArray([['a']], new List(new Table({ item: vectorFromArray(['a'], new Utf8()) }).schema.fields[0]!)) }),
    )
    await expect(async () => parquetIOManager({ folder }).save(saving(orders), table)).rejects.toMatchObject({
      code: 'VALUE_NOT_STORABLE',
      message: expect.stringContaining('"tags"') as string,
    })
  })

  it('keeps apart a property that is null and one that is not there, and refuses a column with both', async () => {
    const manager = parquetIOManager({ folder })
    const rows = [
      { id: 1, note: 'x', gone: null },
      { id: 2, gone: null },
    ]
    await manager.save(saving(orders), rows)
    expect((await loaded()) as object[]).toStrictEqual(rows)
    for (const mixed of [
      [{ a: null }, {}],
      [{ b: 1 }, { a: null }],
      [{ a: 1 }, { a: null }, { a: undefined }],
    ]) {
      await expect(async () => manager.save(saving(orders), mixed)).rejects.toMatchObject({
        code: 'VALUE_NOT_STORABLE',
        message: expect.stringMatching(/value\[\d\]\.a is (null|missing)/) as string,
      })
    }
  })

  it('refuses what one column can not hold, with the path to it', async () => {
    const manager = parquetIOManager({ folder })
    for (const [rows, message] of [
      [[{ a: 1 }, { a: 'x' }], 'value[1].a is a text, but the rows before it have integer there'],
      [[{ a: 1 }, { a: 1n }], 'value[1].a is bigint 1'],
      [[{ 'a b': new Date(Number.NaN) }], 'value[0]["a b"] is an invalid date'],
      [[{ a: 2n ** 63n }], 'more than 64 bits'],
      [[{ a: 'x\ud800' }], 'value[0].a is a text with half of a surrogate pair'],
      [[{ a: { b: [new Date()] } }], 'value[0].a.b[0] is an instance of Date'],
      [[{ a: new Float64Array(1) }], 'value[0].a is an instance of Float64Array'],
      [[{ '': 1 }], 'has a name that no column can have'],
      [[JSON.parse('{"__proto__": 1}')], 'has a name that no column can have'],
      [[1], 'value[0] is number 1, not a row'],
      ['text', 'value is a text'],
      [{ id: 1 }, 'value is an object'],
    ] as const) {
      await expect(async () => manager.save(saving(orders), rows)).rejects.toMatchObject({
        code: 'VALUE_NOT_STORABLE',
        message: expect.stringContaining(message) as string,
      })
    }
  })

  it('settles the columns of a stream by its first rows, and says what to declare where a later one differs', async () => {
    const manager = parquetIOManager({ folder })
    async function* rows(last: Record<string, unknown>): AsyncGenerator<Record<string, unknown>> {
      for (let id = 0; id < 100_000; id += 1) yield { id, amount: 1, note: null }
      yield last
    }
    for (const [last, message] of [
      [{ id: 1, amount: 1, note: 'x' }, 'value[100000].note is a text, but all rows before it have null'],
      [{ id: 1, amount: 1, note: null, extra: 1 }, 'value[100000].extra is in a column that the rows before it do not have'],
    ] as const) {
      await expect(async () => manager.save(saving(orders), rows(last))).rejects.toMatchObject({
        code: 'VALUE_NOT_STORABLE',
        message: expect.stringContaining(message) as string,
      })
    }
    await manager.save(saving(orders), rows({ id: 1, amount: 1.5, note: null }))
    await parquetIOManager({ folder, columns: { note: 'text', id: 'integer' } }).save(
      saving(orders),
      rows({ id: 2, amount: 1.5, note: 'x' }),
    )
    const back = (await loaded({ as: 'rows' })) as unknown[]
    expect(back.length).toBe(100_001)
    expect(back.at(-1)).toEqual({ id: 2, amount: 1.5, note: 'x' })
    expect(await readByDuckDB('select column_type as type from (describe select id from FILE)')).toEqual([{ type: 'BIGINT' }])
  })

  it('compresses as it is told, and refuses what it does not know', async () => {
    const rows = Array.from({ length: 5_000 }, (_each, id) => ({ id, text: `some text ${id % 7} that repeats ${id % 11}` }))
    const compressions: ParquetCompression[] = ['none', 'snappy', 'gzip', 'brotli']
    const sizes: number[] = []
    for (const compression of compressions) {
      await parquetIOManager({ folder, compression }).save(saving(orders), rows)
      sizes.push((await readFile(file)).length)
      expect(await loaded()).toEqual(rows)
      expect(await readByDuckDB('select count(*)::int as rows from FILE')).toEqual([{ rows: 5_000 }])
    }
    expect(new Set(sizes).size).toBe(compressions.length)
    expect(() => parquetIOManager({ compression: 'zip' as never })).toThrow('snappy, gzip, brotli, none')
  })

  it('says that a file is no Parquet file', async () => {
    await parquetIOManager({ folder }).save(saving(orders), [{ id: 1 }])
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file, 'hello, world, this is not it')
    await expect(loaded).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' })
  })
})

function rowsOf(table: Table): unknown[] {
  return table.toArray().map((row: { toJSON(): unknown }) => row.toJSON())
}
