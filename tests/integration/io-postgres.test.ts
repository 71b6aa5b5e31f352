import { Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, test } from 'vitest'
import type { StoredValue } from '../../definitions/io-manager.ts'
import { env } from '../../definitions/env.ts'
import { metadataOf } from '../../definitions/metadata-value.ts'
import { gathered } from '../../io/gathered.ts'
import { ioManagerSuite, loading, metadataOfSave, saving } from '../../io/io-manager.suite.ts'
import { postgresIOManager } from '../../io/postgres.ts'
import { sendThrough } from '../large-output.ts'
import { type PostgresServer, startPostgres } from '../postgres-server.ts'

const binaries = inject('postgresBinaries')

if (binaries === undefined) {
  const missing = 'PostgreSQL (initdb, postgres) is not on this machine: its IO manager was not tested. Install the package "postgresql".'
  console.error(missing)
  test.skipIf(process.env['CI'] === undefined)('PostgreSQL is there to be tested on', () => {
    throw new Error(missing)
  })
} else {
  let server: PostgresServer
  let url: string
  let client: pg.Client

  beforeAll(async () => {
    server = await startPostgres(binaries)
    url = await server.createDatabase()
    client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    await client.connect()
  })

  afterAll(async () => {
    await client.end()
    await server.stop()
  })

  const query = async (sql: string): Promise<unknown[]> => (await client.query(sql)).rows

  async function emptied(): Promise<void> {
    const schemas = (await query(
      `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')`,
    )) as {
      name: string
    }[]
    for (const { name } of schemas) await query(`drop schema ${client.escapeIdentifier(name)} cascade`)
    await query('drop schema public cascade; create schema public')
  }

  ioManagerSuite(
    'postgres',
    async () => ({
      manager: postgresIOManager({ url, connections: 3 }),
      leavings: async () => {
        const tables = (await query(`select relname as name from pg_class where relname like 'assetry%' and relkind = 'r'`)) as {
          name: string
        }[]
        return tables.map(({ name }) => name)
      },
      dispose: emptied,
    }),
    'rows',
  )

  describe('IO manager postgres', () => {
    afterEach(emptied)

    const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }
    const daily = (partitionKey: string): StoredValue => ({ assetKey: 'raw/daily', partitionKey })
    const byDay = { definitionMetadata: metadataOf('a test', { partition_expr: 'day' }) }
    const columnsOf = (table: string): Promise<unknown[]> =>
      query(
        `select attname || ' ' || format_type(atttypid, atttypmod) as c from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by attnum`,
      ).then((rows) => (rows as { c: string }[]).map(({ c }) => c))

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
      await postgresIOManager({ url }).save(saving(orders), [row])
      expect(await columnsOf('raw.orders')).toEqual([
        'id integer',
        'large bigint',
        'amount double precision',
        'n bigint',
        'name text',
        'at timestamp with time zone',
        'ok boolean',
        'tags jsonb',
        'bytes bytea',
        'none text',
      ])
      await postgresIOManager({ url, schema: 'assets' }).save(saving({ assetKey: 'single', partitionKey: undefined }), [{ id: 1 }])
      expect(await query('select * from assets.single')).toEqual([{ id: 1 }])
    })

    it('reports table, rows and schema without being asked', async () => {
      expect(await metadataOfSave(postgresIOManager({ url }), orders, [{ id: 1 }, { id: 2 }])).toEqual({
        table: { type: 'text', value: 'raw.orders' },
        rows: { type: 'int', value: 2 },
        schema: { type: 'tableSchema', value: { columns: [{ name: 'id', type: 'integer' }] } },
      })
    })

    it('takes its address from the environment, when it needs it', async () => {
      const manager = postgresIOManager({ url: env('TEST_WAREHOUSE_URL') })
      await expect(async () => manager.load(loading(orders))).rejects.toMatchObject({ code: 'ENV_MISSING' })
      process.env['TEST_WAREHOUSE_URL'] = url
      await manager.save(saving(orders), [{ id: 1 }])
      expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
      delete process.env['TEST_WAREHOUSE_URL']
    })

    it('loads only the columns that an input asks for, in the shape that it asks for', async () => {
      const manager = postgresIOManager({ url })
      await manager.save(saving(orders), [{ id: 1, name: 'a', amount: 2 }])
      expect(await manager.load(loading(orders, { columns: ['amount', 'id'] }))).toEqual([{ id: 1, amount: 2 }])
      const stream = (await manager.load(loading(orders, { as: 'stream', columns: 'name' }))) as AsyncIterable<unknown>
      expect(await gathered(stream)).toEqual([{ name: 'a' }])
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
      const manager = postgresIOManager({ url })
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
      expect(await columnsOf('raw.daily')).toEqual(['day text', 'n double precision', 'large bigint', 'note text'])
    })

    it('saves many partitions of a new table at once, and one asset by two attempts', async () => {
      const manager = postgresIOManager({ url })
      const days = Array.from({ length: 12 }, (_each, day) => String(day))
      await Promise.all(days.map(async (day) => manager.save(saving(daily(day), byDay), [{ day, [`only_${day}`]: 1 }])))
      for (const day of days) expect(await manager.load(loading(daily(day)))).toEqual([{ day, [`only_${day}`]: 1 }])
      await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => manager.save(saving(orders), [{ name }])))
      expect(await manager.load(loading(orders))).toEqual([{ name: expect.stringMatching(/^[abcd]$/) as string }])
    })

    it('tells a partition without rows from one that was never saved, and refuses rows of another', async () => {
      const manager = postgresIOManager({ url })
      await manager.save(saving(daily('1'), byDay), [])
      expect(await manager.load(loading(daily('1')))).toEqual([])
      await manager.save(saving(daily('2'), byDay), [{ day: '2' }])
      await expect(async () => manager.load(loading(daily('3')))).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
      await expect(async () => manager.save(saving(daily('3'), byDay), [{ day: '2' }])).rejects.toMatchObject({
        code: 'VALUE_NOT_STORABLE',
      })
      expect(await query('select day from raw.daily')).toEqual([{ day: '2' }])
    })

    it('takes an SQL expression for the partition of a row', async () => {
      const manager = postgresIOManager({ url, partitionExpr: "to_char(at, 'YYYY-MM-DD')" })
      const rowsOf = (day: string): object[] => [{ at: new Date(`${day}T23:30:00Z`) }]
      for (const day of ['2026-01-01', '2026-01-02', '2026-01-01'])
        await manager.save(saving(daily(day), { definitionMetadata: {} }), rowsOf(day))
      expect(await manager.load(loading(daily('2026-01-01')))).toEqual(rowsOf('2026-01-01'))
      expect(await query('select count(*)::int as rows from raw.daily')).toEqual([{ rows: 2 }])
    })

    it('drops no table that it did not make, and refuses names that PostgreSQL would cut', async () => {
      const manager = postgresIOManager({ url })
      await query('create schema raw; create table raw.orders (id int)')
      await expect(async () => manager.save(saving(orders), [{ id: 1 }])).rejects.toMatchObject({ code: 'STORAGE_PATH_REFUSED' })
      for (const assetKey of ['public/orders', 'pg_catalog/orders', `raw/${'x'.repeat(64)}`]) {
        await expect(async () => manager.save(saving({ assetKey, partitionKey: undefined }), [])).rejects.toMatchObject({
          code: 'STORAGE_PATH_REFUSED',
        })
      }
    })

    it('keeps dates that ISO writes with a sign, and refuses texts that PostgreSQL has no room for', async () => {
      const manager = postgresIOManager({ url })
      const rows = ['-000001-01-01', '0001-01-01', '1883-01-01T00:00:00.001Z', '9999-12-31', '+012345-06-07'].map((text) => ({
        at: new Date(text),
      }))
      await manager.save(saving(orders), rows)
      expect(await manager.load(loading(orders))).toEqual(rows)
      for (const [value, path] of [
        ['a\0b', 'value[0].a is a text with a NUL'],
        [{ b: ['\0'] }, 'value[0].a.b[0] is a text with a NUL'],
        [{ 'c\0': 1 }, 'a text with a NUL'],
        [['\ud800'], 'value[0].a[0] is a text with half of a surrogate pair'],
      ] as const) {
        await expect(async () => manager.save(saving(orders), [{ a: value }])).rejects.toMatchObject({
          code: 'VALUE_NOT_STORABLE',
          message: expect.stringContaining(path) as string,
        })
      }
      await manager.save(saving(orders), [{ a: ['\\u0000'] }])
      expect(await manager.load(loading(orders))).toEqual([{ a: ['\\u0000'] }])
    })

    it('cancels a statement that is still at work when the step is aborted, and the connection stays of use', async () => {
      const manager = postgresIOManager({ url, connections: 1, partitionExpr: '(select day from pg_sleep(600))' })
      const controller = new AbortController()
      const saved = manager.save(saving(daily('1'), { definitionMetadata: {}, signal: controller.signal }), [{ day: '1' }]) as Promise<void>
      const sleeping = `select 1 from pg_stat_activity where query like '%pg_sleep%' and query not like '%pg_stat_activity%' and state = 'active'`
      while ((await query(sleeping)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      controller.abort(new Error('cancelled'))
      await expect(saved).rejects.toThrow('cancelled')
      expect(await query(sleeping)).toEqual([])
      await manager.save(saving(orders), [{ id: 1 }])
      expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
    })

    it('saves and reads a stream of 150 MB through 96 MB of heap', async () => {
      const report = await sendThrough('postgres', url, { bytes: 150_000_000, heapMegabytes: 96 })
      expect(report).toMatchObject({ rows: 150_000, characters: 150_000_000, inOrder: true })
      expect(report.residentMegabytes).toBeLessThan(500)
    })

    it('leaves the old rows, and nothing else, where its connection is lost in the middle', async () => {
      const manager = postgresIOManager({ url })
      await manager.save(saving(orders), [{ id: 1 }])
      await manager.save(saving(daily('1'), byDay), [{ day: '1', id: 1 }])
      const ofOthers = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'assetry' and state <> 'idle'`
      const confirm = async (): Promise<void> => void (await query(ofOthers))
      await expect(async () => manager.save(saving(orders, { confirm }), [{ id: 2 }])).rejects.toThrow()
      await expect(async () => manager.save(saving(daily('1'), { ...byDay, confirm }), [{ day: '1', id: 2 }])).rejects.toThrow()
      expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
      expect(await manager.load(loading(daily('1')))).toEqual([{ day: '1', id: 1 }])
      await manager.save(saving(daily('1'), byDay), [{ day: '1', id: 2 }])
      expect(await manager.load(loading(daily('1')))).toEqual([{ day: '1', id: 2 }])
    })
  })
}
