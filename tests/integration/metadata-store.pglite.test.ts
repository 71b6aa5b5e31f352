import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmbeddedDatabase, openEngine } from '../../metadata/embedded-database.ts'
import { type EmbeddedStoreProcess, startEmbeddedStore } from '../../metadata/embedded-store-process.ts'
import { serveEmbeddedStore } from '../../metadata/embedded-store-server.ts'
import { metadataStoreSuite } from '../metadata-store/metadata-store.suite.ts'
import type { StoreBackend } from '../metadata-store/store-under-test.ts'
import { openEmbeddedStore, openStore } from '../../metadata/open-store.ts'
import { WireServer } from '../../metadata/wire-server.ts'

/** An empty database to copy: making one takes seconds. */
let template: string

beforeAll(async () => {
  template = join(await mkdtemp(join(tmpdir(), 'assetry-template-')), 'store')
  await createEmbeddedDatabase(template)
})

afterAll(() => rm(dirname(template), { recursive: true, force: true }))

metadataStoreSuite('PGlite, through its socket', startBackend)

async function startBackend(): Promise<StoreBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'assetry-store-'))
  const others: WireServer[] = []
  let server = await startEmbeddedStore({ home: folder })
  return {
    url: server.url,
    emptyDatabase: async () => {
      const place = join(folder, `empty-${others.length}`)
      await mkdir(place)
      const other = new WireServer(await openEngine(await copyOfTemplate(place)))
      others.push(other)
      await other.listen(join(place, '.s.PGSQL.5432'))
      return `postgres:///empty?host=${place}&user=tests`
    },
    crash: () => kill(server),
    start: async () => {
      server = await startEmbeddedStore({ home: folder })
    },
    stop: async () => {
      await server.stop()
      await Promise.all(others.map((other) => other.close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function copyOfTemplate(home: string): Promise<string> {
  const folder = join(home, 'store')
  await cp(template, folder, { recursive: true })
  return folder
}

async function kill(server: EmbeddedStoreProcess): Promise<void> {
  process.kill(server.pid, 'SIGKILL')
  await server.exited
}

describe('the embedded store’s server', () => {
  let home: string

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'assetry-store-'))
    await copyOfTemplate(home)
  })

  afterEach(() => rm(home, { recursive: true, force: true }))

  test('a second process is refused the same store, by the pid of the first', async () => {
    const first = await startEmbeddedStore({ home })
    await expect(startEmbeddedStore({ home })).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringMatching(new RegExp(`${home}/store.*process ${first.pid}`)),
    })
    await first.stop()
    expect(await first.exited).toBe(0)
    expect(existsSync(join(home, 'store.lock'))).toBe(false)
  })

  test('a store that was being made when its process was killed is made anew', async () => {
    await rm(join(home, 'store'), { recursive: true })
    await mkdir(join(home, 'store.new-1'))
    await writeFile(join(home, 'store.new-1/PG_VERSION'), '18')
    const server = await startEmbeddedStore({ home })
    expect((await readdir(home)).sort()).toEqual(['store', 'store.lock'])
    await server.stop()
  })

  test('a client that is gone in the middle of a transaction leaves nothing behind, and nobody waiting', async () => {
    const server = await serveEmbeddedStore({ home })
    const [gone, waiting] = [await connected(server.url), await connected(server.url)]
    await gone.query('begin')
    await gone.query('create table half_done (a integer)')
    const answer = waiting.query(`select to_regclass('half_done') as found`)
    closeHard(gone)
    expect((await answer).rows).toEqual([{ found: null }])
    await waiting.end()
    await server.close()
  })

  test('a statement that fails fails alone', async () => {
    const server = await serveEmbeddedStore({ home })
    const client = new pg.Pool({ connectionString: server.url })
    const answers = await Promise.allSettled([
      client.query('select 1 / $1::integer', [0]),
      client.query('no sql at all'),
      client.query('select $1::text as a, $2::integer as b', ['x', 'no number']),
      client.query('select $1::integer as one', [1]),
    ])
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.rows : (answer.reason as { code: string }).code))).toEqual(
      ['22012', '42601', '22P02', [{ one: 1 }]],
    )
    await client.end()
    await server.close()
  })

  test('a query that comes again is planned once, for all clients', async () => {
    const server = await serveEmbeddedStore({ home })
    const clients = [await connected(server.url), await connected(server.url)]
    const answers: unknown[] = []
    for (const [index, client] of [...clients, ...clients].entries())
      answers.push((await client.query('select $1::integer as a, $2::text as b', [index, 'ä\u{1f600}'])).rows)
    expect(answers).toEqual([0, 1, 2, 3].map((a) => [{ a, b: 'ä\u{1f600}' }]))
    expect(await preparedTexts(clients[0])).toEqual(['select $1::integer as a, $2::text as b'])
    await Promise.all(clients.map((client) => client.end()))
    await server.close()
  })

  test('a query that comes again sees the columns of today, and says what is wrong with its values', async () => {
    const server = await serveEmbeddedStore({ home })
    const client = await connected(server.url)
    await client.query('create table growing (a integer)')
    await client.query('insert into growing values (1)')
    const all = async (a: unknown): Promise<unknown> => (await client.query('select * from growing where a = $1', [a])).rows
    expect([await all(1), await all(1)]).toEqual([[{ a: 1 }], [{ a: 1 }]])
    await client.query('alter table growing add column b integer')
    expect([await all(1), await all(1)]).toEqual([[{ a: 1, b: null }], [{ a: 1, b: null }]])
    await expect(all('no number')).rejects.toMatchObject({ code: '22P02' })
    expect(await all(1)).toEqual([{ a: 1, b: null }])
    await client.query('begin')
    await expect(all('no number')).rejects.toMatchObject({ code: '22P02' })
    await expect(all(1)).rejects.toMatchObject({ code: '25P02' })
    await client.query('rollback')
    expect(await all(1)).toEqual([{ a: 1, b: null }])
    await client.end()
    await server.close()
  })

  test('queries of ever new texts are not kept without end', async () => {
    const server = await serveEmbeddedStore({ home })
    const client = await connected(server.url)
    for (let index = 0; index < 150; index += 1) {
      await client.query('select $1::integer as often', [index])
      await client.query(`select $1::integer as once_${index}`, [index])
    }
    const kept = await preparedTexts(client)
    expect(kept).toHaveLength(100)
    expect(kept).toContain('select $1::integer as often')
    await client.end()
    await server.close()
  })

  test('what speaks no PostgreSQL is cut off, and the others are not disturbed', async () => {
    const server = await serveEmbeddedStore({ home })
    const client = await connected(server.url)
    const socket = connect(join(new URL(server.url).searchParams.get('host') ?? '', '.s.PGSQL.5432'))
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await once(socket, 'close')
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await client.end()
    await server.close()
  })

  test('a store that was written in process is the same one when it is served', async () => {
    const inProcess = await openEmbeddedStore({ folder: join(home, 'store') })
    const hash = await inProcess.codeLocations.register('here', { version: 1, assets: [], jobs: [], resources: [] })
    await inProcess.close()
    const server = await serveEmbeddedStore({ home })
    const store = await openStore({ url: server.url })
    expect(await store.codeLocations.current()).toEqual([{ name: 'here', snapshotHash: hash }])
    // Nothing is left of what the server does to warm up.
    expect([await store.runs.list({}, { limit: 1 }), await store.materializations.latest()]).toEqual([{ items: [], cursor: null }, []])
    await store.close()
    await server.close()
  })
})

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** What the engine has prepared for all its clients; asked for in a way that is not prepared itself. */
async function preparedTexts(client: pg.Client | undefined): Promise<readonly string[]> {
  const answer = await client?.query<{ statement: string }>('select statement from pg_prepared_statements')
  return answer?.rows.map(({ statement }) => statement) ?? []
}

/** As when its process is killed. */
function closeHard(client: pg.Client): void {
  client.connection.stream.destroy()
}
