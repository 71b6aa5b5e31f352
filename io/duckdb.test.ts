import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoredValue } from '../definitions/io-manager.ts'
import { metadataOf } from '../definitions/metadata-value.ts'
import { type DuckDB, duckdbIOManager, duckdbResource, openDuckDB } from './duckdb.ts'
import { gathered } from './gathered.ts'
import { type IOManagerFixture, ioManagerSuite, loading, metadataOfSave, saving } from './io-manager.suite.ts'

const run = promisify(execFile)
const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }

async function fixture(): Promise<IOManagerFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'assetry-duckdb-'))
  const path = join(folder, 'raw.duckdb')
  return {
    manager: duckdbIOManager({ path }),
    leavings: async () => {
      const database = await openDuckDB({ path })
      const tables = await database.query<{ name: string }>(
        `select table_name as name from duckdb_tables() where table_name like 'assetry%'`,
      )
      database.close()
      return tables.map(({ name }) => name)
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}

ioManagerSuite('duckdb', fixture, 'rows')

describe('IO manager duckdb', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assetry-duckdb-'))
    path = join(folder, 'warehouse.duckdb')
  })

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function query(sql: string): Promise<unknown[]> {
    const database = await openDuckDB({ path })
    try {
      return await database.query(sql)
    } finally {
      database.close()
    }
  }

  const daily = (partitionKey: string): StoredValue => ({ assetKey: 'raw/daily', partitionKey })
  const byDay = { definitionMetadata: metadataOf('a test', { partition_expr: 'day' }) }

  it('makes a table of the last part of the key, in the schema of the others, with types that fit', async () => {
    const row = {
      id: 1,
      large: 2 ** 40,
      amount: 1.5,
      n: 2n,
      name: 'a',
      at: new Date(0),
      ok: true,
      tags: ['x'],
      bytes: new Uint8Array(1),
      none: null,
    }
    await duckdbIOManager({ path }).save(saving(orders), [row])
    await duckdbIOManager({ path, schema: 'assets' }).save(saving({ assetKey: 'single', partitionKey: undefined }), [{ id: 1 }])
    expect(await query('select column_name as name, column_type as type from (describe raw.orders)')).toEqual([
      { name: 'id', type: 'INTEGER' },
      { name: 'large', type: 'BIGINT' },
      { name: 'amount', type: 'DOUBLE' },
      { name: 'n', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
      { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
      { name: 'ok', type: 'BOOLEAN' },
      { name: 'tags', type: 'JSON' },
      { name: 'bytes', type: 'BLOB' },
      { name: 'none', type: 'VARCHAR' },
    ])
    expect(await query('select * from assets.single')).toEqual([{ id: 1 }])
  })

  it('reports table, rows and schema without being asked', async () => {
    expect(await metadataOfSave(duckdbIOManager({ path }), orders, [{ id: 1 }, { id: 2 }])).toEqual({
      table: { type: 'text', value: 'raw.orders' },
      rows: { type: 'int', value: 2 },
      schema: { type: 'tableSchema', value: { columns: [{ name: 'id', type: 'INTEGER' }] } },
    })
  })

  it('loads only the columns that an input asks for, in the shape that it asks for', async () => {
    const manager = duckdbIOManager({ path })
    await manager.save(saving(orders), [{ id: 1, name: 'a', amount: 2 }])
    expect(await manager.load(loading(orders, { columns: ['amount', 'id'] }))).toEqual([{ id: 1, amount: 2 }])
    const stream = (await manager.load(loading(orders, { as: 'stream', columns: 'name' }))) as AsyncIterable<unknown>
    expect(await gathered(stream)).toEqual([{ name: 'a' }])
    const table = (await manager.load(loading(orders, { as: 'table' }))) as Table
    expect(table.toArray().map((row: { toJSON(): unknown }) => row.toJSON())).toEqual([{ id: 1, name: 'a', amount: 2 }])
    await expect(async () => manager.load(loading(orders, { columns: ['price'] }))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/"price".*id, name, amount/) as string,
    })
  })

  it('keeps an Arrow table, which comes back as one', async () => {
    const manager = duckdbIOManager({ path })
    await manager.save(
      saving(orders),
      new Table({ id: vectorFromArray([1, 2], new Int32()), name: vectorFromArray(['a', null], new Utf8()) }),
    )
    const table = (await manager.load(loading(orders))) as Table
    expect(table.toArray().map((row: { toJSON(): unknown }) => row.toJSON())).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: null },
    ])
  })

  it('lets the columns of partitions grow apart, and each partition comes back as it was', async () => {
    const manager = duckdbIOManager({ path })
    const first = [{ day: '1', n: 1, large: 2 ** 40 }]
    const second = [
      { day: '2', n: 0.5, large: 1, note: 'x' },
      { day: '2', n: 2, large: 2 },
    ]
    const third = [{ day: '3', n: 2 ** 50, large: 5 }]
    for (const rows of [first, second, third]) await manager.save(saving(daily(rows[0]!.day), byDay), rows)
    for (const rows of [first, second, third]) {
      expect((await manager.load(loading(daily(rows[0]!.day)))) as object[]).toStrictEqual(rows)
    }
    expect(await query('select column_name as name, column_type as type from (describe raw.daily)')).toEqual([
      { name: 'day', type: 'VARCHAR' },
      { name: 'n', type: 'DOUBLE' },
      { name: 'large', type: 'BIGINT' },
      { name: 'note', type: 'VARCHAR' },
    ])
  })

  it('refuses rows that no longer fit the column of the other partitions', async () => {
    const manager = duckdbIOManager({ path })
    await manager.save(saving(daily('1'), byDay), [{ day: '1', n: 1 }])
    await expect(async () => manager.save(saving(daily('2'), byDay), [{ day: '2', n: 'text' }])).rejects.toMatchObject({
      code: 'VALUE_NOT_STORABLE',
      message: expect.stringMatching(/"n".*INTEGER.*text/) as string,
    })
    expect(await query('select day from raw.daily')).toEqual([{ day: '1' }])
  })

  it('refuses rows of another partition, which would be there twice, and those without one', async () => {
    const manager = duckdbIOManager({ path })
    for (const rows of [[{ day: '1' }, { day: '2' }], [{ day: null }], [{ id: 1 }]]) {
      await expect(async () => manager.save(saving(daily('1'), byDay), rows)).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
    }
    await expect(async () => manager.load(loading(daily('1')))).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
  })

  it('tells a partition without rows from one that was never saved', async () => {
    const manager = duckdbIOManager({ path })
    await manager.save(saving(daily('1'), byDay), [])
    expect(await manager.load(loading(daily('1')))).toEqual([])
    await expect(async () => manager.load(loading(daily('2')))).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
    await manager.save(saving(daily('2'), byDay), [{ day: '2' }])
    expect(await manager.load(loading(daily('1')))).toEqual([])
    await manager.save(saving(daily('2'), byDay), [])
    expect(await manager.load(loading(daily('2')))).toEqual([])
    await manager.save(saving(daily('1'), byDay), [{ day: '1' }])
    expect(await manager.load(loading(daily('1')))).toEqual([{ day: '1' }])
  })

  it('takes an SQL expression for the partition of a row, from the IO manager too', async () => {
    const manager = duckdbIOManager({ path, partitionExpr: "strftime(seen_at at time zone 'UTC', '%Y-%m-%d')" })
    const none = { definitionMetadata: {} }
    const rowsOf = (day: string): object[] => [{ seen_at: new Date(`${day}T12:00:00Z`) }]
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-01']) await manager.save(saving(daily(day), none), rowsOf(day))
    expect(await manager.load(loading(daily('2026-01-01')))).toEqual(rowsOf('2026-01-01'))
    expect(await query('select count(*)::int as rows from raw.daily')).toEqual([{ rows: 2 }])
    await expect(async () => duckdbIOManager({ path }).save(saving(daily('1'), none), [])).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('partition_expr') as string,
    })
  })

  it('takes an expression of several columns, for the rows of a partition of several dimensions', async () => {
    const manager = duckdbIOManager({ path, partitionExpr: "day || '|' || region" })
    const none = { definitionMetadata: {} }
    const rowsOf = (region: string, sold: number): object[] => [{ day: '2026-01-01', region, sold }]
    for (const [region, sold] of [
      ['eu', 1],
      ['us', 2],
      ['eu', 3],
    ] as const)
      await manager.save(saving(daily(`2026-01-01|${region}`), none), rowsOf(region, sold))
    expect(await manager.load(loading(daily('2026-01-01|eu')))).toEqual(rowsOf('eu', 3))
    expect(await manager.load(loading(daily('2026-01-01|us')))).toEqual(rowsOf('us', 2))
    await expect(async () => manager.save(saving(daily('2026-01-01|eu'), none), rowsOf('us', 4))).rejects.toMatchObject({
      code: 'VALUE_NOT_STORABLE',
    })
  })

  it('saves many partitions of a new table at once, and many assets of a new schema', async () => {
    const manager = duckdbIOManager({ path })
    const days = Array.from({ length: 12 }, (_each, day) => String(day))
    await Promise.all(days.map(async (day) => manager.save(saving(daily(day), byDay), [{ day, [`only_${day}`]: 1 }])))
    await Promise.all(days.map(async (day) => manager.save(saving({ assetKey: `many/a${day}`, partitionKey: undefined }), [{ day }])))
    for (const day of days) expect(await manager.load(loading(daily(day)))).toEqual([{ day, [`only_${day}`]: 1 }])
    expect(await query(`select count(*)::int as tables from duckdb_tables() where schema_name = 'many'`)).toEqual([{ tables: 12 }])
  })

  it('drops no table that it did not make, and takes none from another asset', async () => {
    const manager = duckdbIOManager({ path })
    await query('create schema raw')
    await query('create table raw.orders (id int)')
    await expect(async () => manager.save(saving(orders), [{ id: 1 }])).rejects.toMatchObject({ code: 'STORAGE_PATH_REFUSED' })
    await manager.save(saving({ assetKey: 'raw/Sales', partitionKey: undefined }), [{ id: 1 }])
    await expect(async () => manager.save(saving({ assetKey: 'raw/sales', partitionKey: undefined }), [{ id: 2 }])).rejects.toMatchObject({
      code: 'STORAGE_PATH_REFUSED',
      message: expect.stringContaining('raw/Sales') as string,
    })
    for (const assetKey of ['main/orders', 'temp/orders', 'pg_catalog/orders']) {
      await expect(async () => manager.save(saving({ assetKey, partitionKey: undefined }), [])).rejects.toMatchObject({
        code: 'STORAGE_PATH_REFUSED',
      })
    }
  })

  it('keeps the partitions of a table that the user made, with the types that it has', async () => {
    const manager = duckdbIOManager({ path, partitionExpr: 'day' })
    await query('create schema raw')
    await query('create table raw.daily (day date, price decimal(10, 2), note varchar)')
    await query("insert into raw.daily values ('2026-01-01', 1.25, null)")
    await manager.save(saving(daily('2026-01-02'), byDay), [{ day: '2026-01-02', price: 2.5 }])
    expect(await query('select price::varchar as price from raw.daily order by day')).toEqual([{ price: '1.25' }, { price: '2.50' }])
    expect(await manager.load(loading(daily('2026-01-02')))).toEqual([{ day: new Date('2026-01-02'), price: 2.5, note: null }])
  })

  it('takes turns with other processes', async () => {
    const library = import.meta.resolve('@duckdb/node-api')
    const other = `
      import { DuckDBInstance } from ${JSON.stringify(library)}
      const instance = await DuckDBInstance.create(${JSON.stringify(path)})
      console.log('open')
      await new Promise((resolve) => process.stdin.once('data', resolve))
      process.exit()`
    const child = execFile(process.execPath, ['--input-type=module', '--eval', other])
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    const saved = duckdbIOManager({ path }).save(saving(orders), [{ id: 1 }]) as Promise<void>
    const state = await Promise.race([saved.then(() => 'saved'), new Promise((resolve) => setTimeout(() => resolve('waits'), 300))])
    child.stdin?.write('end\n')
    await saved
    expect(state).toBe('waits')
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      `
      import { DuckDBInstance } from ${JSON.stringify(library)}
      const connection = await (await DuckDBInstance.create(${JSON.stringify(path)})).connect()
      console.log((await connection.runAndReadAll('select id from raw.orders')).getRowsJson()[0][0])`,
    ])
    expect(stdout.trim()).toBe('1')
  })

  it('keeps tables of a database in memory', async () => {
    expect(() => duckdbIOManager({ path: ':memory:' })).toThrow('openDuckDB')
    const database = await openDuckDB({ path: ':memory:' })
    const manager = duckdbIOManager({ database: () => database })
    await manager.save(saving(orders), [{ id: 1 }])
    expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
    expect(await database.query('select * from raw.orders')).toEqual([{ id: 1 }])
    database.close()
  })
})

describe('resource duckdb', () => {
  let database: DuckDB

  beforeEach(async () => {
    database = await duckdbResource.create({ path: ':memory:', settings: { threads: '1' } } as never)
  })

  afterEach(() => {
    database.close()
  })

  it('gives rows, with parameters by position and by name', async () => {
    expect(await database.query('select $1 as a, $2 + 1 as b', ['x', 1])).toEqual([{ a: 'x', b: 2 }])
    expect(await database.query('select $day as day, $bytes as bytes', { day: new Date(5), bytes: new Uint8Array([1]) })).toEqual([
      { day: new Date(5), bytes: Buffer.from([1]) },
    ])
    expect(await database.query(`select 1::bigint as n, '{"a": [1]}'::json as j, null as none`)).toEqual([
      { n: 1n, j: { a: [1] }, none: null },
    ])
  })

  it('says how many rows a statement changed', async () => {
    await database.run('create table a (id int)')
    expect(await database.run('insert into a select * from range(5)')).toBe(5)
    expect(await database.run('delete from a where id < $1', [2])).toBe(2)
  })

  it('reads a stream as far as it is iterated', async () => {
    const seen: number[] = []
    for await (const { id } of database.stream<{ id: bigint }>('select range as id from range(1000000)')) {
      seen.push(Number(id))
      if (seen.length === 3) break
    }
    expect(seen).toEqual([0, 1, 2])
  })

  it('does many things at once', async () => {
    await database.run('create table a (id int)')
    await Promise.all(Array.from({ length: 30 }, async (_each, id) => database.run('insert into a values ($1)', [id])))
    const counts = await Promise.all(Array.from({ length: 30 }, async () => database.query<{ n: bigint }>('select count(*) as n from a')))
    expect(counts.every(([row]) => row?.n === 30n)).toBe(true)
  })

  it('does all of a transaction or nothing', async () => {
    await database.run('create table a (id int)')
    const failing = database.transaction(async (connection) => {
      await connection.run('insert into a values (1)')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await database.transaction(async (connection) => connection.run('insert into a values (2)'))
    expect(await database.query('select * from a')).toEqual([{ id: 2 }])
  })

  it('gives connections of the library itself', async () => {
    const connection = await database.connect()
    await connection.run('create temporary table mine (id int)')
    expect((await connection.runAndReadAll('select count(*) from mine')).getRowsJson()).toEqual([['0']])
  })
})
