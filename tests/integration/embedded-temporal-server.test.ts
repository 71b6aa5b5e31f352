import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { embeddedServerFlags } from '../../temporal/embedded-server-flags.ts'
import { type TemporalServer, startTemporalServer } from '../../temporal/embedded-server.ts'
import { freePort, isPortFree } from '../../temporal/free-port.ts'
import { searchAttributes } from '../../workflows/names.ts'

const cli = { path: inject('temporalCli') }

let folder: string
const servers: TemporalServer[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assetry-temporal-'))
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: { port?: number; uiPort?: number } = {}): Promise<TemporalServer> {
  const server = await startTemporalServer({ cli, folder, ...options })
  servers.push(server)
  return server
}

async function withClient<TResult>(server: TemporalServer, use: (client: Client) => Promise<TResult>): Promise<TResult> {
  const connection = await Connection.connect({ address: server.address })
  try {
    return await use(new Client({ connection, namespace: server.namespace }))
  } finally {
    await connection.close()
  }
}

/** A workflow that nobody works on: it is as durable as the server is. */
async function startWorkflow(server: TemporalServer, workflowId: string): Promise<void> {
  await withClient(server, (client) => client.workflow.start('nobody', { workflowId, taskQueue: 'nobody' }))
}

async function statusOf(server: TemporalServer, workflowId: string): Promise<string> {
  return withClient(server, async (client) => (await client.workflow.getHandle(workflowId).describe()).status.name)
}

describe('the embedded Temporal server', () => {
  test('answers when it is given out: calls, its Web UI, and our search attributes', async () => {
    const server = await start()
    expect((await fetch(server.uiUrl)).status).toBe(200)
    const registered = await withClient(server, ({ connection }) =>
      connection.operatorService.listSearchAttributes({ namespace: server.namespace }),
    )
    expect(Object.keys(registered.customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)))
  })

  test('is gone, and its port free, when it was stopped', async () => {
    const server = await start()
    await server.stop()
    await expect(server.exited).resolves.toEqual({ code: 0, signal: null })
    await expect(isPortFree(server.port)).resolves.toBe(true)
  })

  test('that is killed says so, and goes on where it was when it is started again on the same port', async () => {
    const first = await start()
    await startWorkflow(first, 'survivor')
    process.kill(first.pid, 'SIGKILL')
    await expect(first.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' })
    const second = await start({ port: first.port, uiPort: first.uiPort })
    expect(second.address).toBe(first.address)
    await expect(statusOf(second, 'survivor')).resolves.toBe('RUNNING')
  })

  test('loses no workflow whose start was answered, in ten kills while starts come in', async () => {
    const { port, uiPort } = { port: await freePort(), uiPort: await freePort() }
    const answered: string[] = []
    for (let round = 0; round < 10; round += 1) {
      const server = await start({ port, uiPort })
      await killWhileStarting(server, `round-${round}`, answered)
    }
    const server = await start({ port, uiPort })
    const statuses = await Promise.all(answered.map((workflowId) => statusOf(server, workflowId)))
    expect(answered.length).toBeGreaterThanOrEqual(30)
    expect(new Set(statuses)).toEqual(new Set(['RUNNING']))
  })

  test('keeps the log of the server before it', async () => {
    const first = await start()
    await first.stop()
    const second = await start()
    expect(readFileSync(`${second.logFile}.1`, 'utf8')).toContain('Stopping server')
    expect(readFileSync(second.logFile, 'utf8')).not.toContain('Stopping server')
  })

  test('ends when its owner is killed', async () => {
    const { owner, server } = await ownerInAnotherProcess()
    await startWorkflow(server, 'orphan')
    owner.kill('SIGKILL')
    await vi.waitFor(() => expect(isPortFree(server.port)).resolves.toBe(true), { timeout: 20_000, interval: 100 })
    const next = await vi.waitFor(() => start({ port: server.port }), { timeout: 20_000, interval: 100 })
    await expect(statusOf(next, 'orphan')).resolves.toBe('RUNNING')
  })

  test('is refused a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE', facts: { port } })
    await expect(start({ uiPort: port })).rejects.toMatchObject({ code: 'PORT_IN_USE', facts: { port } })
    other.close()
  })

  test('that can not start says why, in its own words', async () => {
    writeFileSync(join(folder, 'temporal.db'), 'this is no database, and it is long enough to be looked at as one')
    await expect(start()).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringMatching(/it ended with code 1.*file is not a database/s) as string,
    })
  })

  test('gets the settings that were measured, and listens on this machine alone', () => {
    const flags = embeddedServerFlags({ folder: '/data', port: 7233, uiPort: 8233 }).join(' ')
    expect(flags).toContain('--ip=127.0.0.1 --port=7233 --ui-port=8233 --db-filename=/data/temporal.db')
    expect(flags).toContain('--dynamic-config-value history.transferProcessorMaxPollRPS=10000')
    expect(flags).toContain('--search-attribute AssetryAssets=KeywordList')
  })
})

/** Starts workflows until the server is killed, which is after at least three of them were answered. */
async function killWhileStarting(server: TemporalServer, prefix: string, answered: string[]): Promise<void> {
  const connection = await Connection.connect({ address: server.address, interceptors: [] })
  const client = new Client({ connection, namespace: server.namespace })
  let alive = true
  const starter = async (lane: number): Promise<void> => {
    for (let index = 0; alive; index += 1) {
      const workflowId = `${prefix}-${lane}-${index}`
      await client.workflow.start('nobody', { workflowId, taskQueue: 'nobody' })
      answered.push(workflowId)
    }
  }
  const before = answered.length
  const starters = [0, 1, 2].map((lane) => starter(lane).catch(() => {}))
  await vi.waitFor(() => expect(answered.length).toBeGreaterThanOrEqual(before + 3), { timeout: 10_000, interval: 5 })
  process.kill(server.pid, 'SIGKILL')
  await server.exited
  alive = false
  await Promise.all(starters)
  await connection.close()
}

/** A process that starts a server and does nothing more. */
async function ownerInAnotherProcess(): Promise<{ owner: ChildProcess; server: TemporalServer }> {
  const module = fileURLToPath(new URL('../../temporal/embedded-server.ts', import.meta.url))
  const script = `
    const { startTemporalServer } = await import(${JSON.stringify(module)})
    console.log(JSON.stringify(await startTemporalServer(${JSON.stringify({ cli, folder })})))
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string]
  return { owner, server: JSON.parse(line) as TemporalServer }
}
