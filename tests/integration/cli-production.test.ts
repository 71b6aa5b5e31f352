import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createClient } from '../../client/index.ts'
import { freePort } from '../../temporal/free-port.ts'
import { command, type RunningCommand, startCommand, testProject, type TestProject } from '../command.ts'
import { type PostgresServer, startPostgres } from '../postgres-server.ts'

const definitionsText = `import { asset, definitions } from 'assetry'
export default definitions({ assets: [asset({ key: 'orders', materialize: () => (console.log('reads', { rows: 2 }), [1, 2]) })] })
`

const binaries = inject('postgresBinaries')
let project: TestProject
let postgres: PostgresServer
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  project = testProject({ 'definitions.ts': definitionsText })
  if (binaries === undefined) return
  postgres = await startPostgres(binaries)
  env = {
    DATABASE_URL: await postgres.createDatabase(),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: inject('temporalNamespace'),
  }
})
afterAll(async () => {
  project.remove()
  if (binaries !== undefined) await postgres.stop()
})

/** The JSON lines that a process logged. */
function logged(text: string): readonly { readonly level: string; readonly msg: string; readonly [field: string]: unknown }[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string })
}

describe.skipIf(binaries === undefined)('the production processes', () => {
  it('migrate, worker and api work together, log JSON, and end with 0 at SIGTERM', async () => {
    const migrated = await command(['migrate'], { folder: project.folder, env })
    expect([migrated.code, logged(migrated.stdout).at(-1)?.msg]).toEqual([0, 'the database is up to date'])

    const port = await freePort()
    const worker = startCommand(['worker', '--code-location', `production-${port}`], { folder: project.folder, env })
    const token = 'one-token-for-this-server'
    const api = startCommand(['api', '-p', String(port)], {
      folder: project.folder,
      env: { ...env, ASSETRY_TOKEN: token, LOG_LEVEL: 'trace' },
    })
    await Promise.all([worker.wrote('worker polls'), api.wrote('api listens')])
    const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, token })
    const { run } = await client.runs.start({ selection: 'orders' })
    expect((await client.runs.wait(run.runId)).status).toBe('SUCCESS')

    const { items } = await client.runs.events(run.runId)
    expect(items.find((event) => event.type === 'LOG')?.data.lines).toMatchObject([{ source: 'console', message: 'reads { rows: 2 }' }])

    const url = `http://127.0.0.1:${port}`
    const listed = await command(['asset', 'list'], { folder: project.folder, env: { ASSETRY_URL: url, ASSETRY_TOKEN: token } })
    expect(listed.stdout).toMatch(/orders +default +MATERIALIZED/)
    const refused = await command(['asset', 'list'], { folder: project.folder, env: { ASSETRY_URL: url } })
    expect([refused.code, refused.stderr.split('\n')[0]]).toEqual([5, 'error NOT_AUTHORISED'])

    for (const [process, last] of [
      [worker, 'worker ended'],
      [api, 'api ended'],
    ] as const satisfies readonly (readonly [RunningCommand, string])[]) {
      process.process.kill('SIGTERM')
      const end = await process.ended
      expect(end.code).toBe(0)
      expect(logged(end.stdout).at(-1)?.msg).toBe(last)
      // What a project writes stays readable beside the worker's own log, which is JSON.
      expect(end.stderr).toBe(process === worker ? 'reads { rows: 2 }\n' : '')
      expect(end.stdout).not.toContain(token)
    }
  })

  it.concurrent('names the address of a database that does not answer, without the password', async () => {
    const address = `127.0.0.1:${await freePort()}`
    const end = await command(['migrate'], { folder: project.folder, env: { DATABASE_URL: `postgres://assetry:hunter22@${address}/x` } })
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([4, 'error STORE_UNREACHABLE'])
    expect(end.stderr).toContain(address)
    expect(end.stderr + end.stdout).not.toContain('hunter22')
  })

  it.concurrent('names the address of a Temporal that does not answer', async () => {
    const address = `127.0.0.1:${await freePort()}`
    const end = await command(['worker'], { folder: project.folder, env: { ...env, TEMPORAL_ADDRESS: address } })
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([4, 'error TEMPORAL_UNREACHABLE'])
    expect(end.stderr).toContain(address)
  })
})
