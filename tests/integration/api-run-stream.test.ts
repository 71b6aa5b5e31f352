import { randomUUID } from 'node:crypto'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../api/contract/run-event.ts'
import { type ApiServer, startApiServer } from '../../api/server.ts'
import { type Client, createClient } from '../../client/index.ts'
import { type ApiFixture, collected, startApiFixture } from './api-fixture.ts'

let api: ApiFixture
let server: ApiServer
let client: Client

beforeAll(async () => {
  api = await startApiFixture('api-run-stream')
  server = await startApiServer({ app: api.app, port: 0 })
  client = createClient({ baseUrl: server.url })
})
afterAll(async () => {
  await server.close()
  await api.stop()
})

/** The id of a run that has ended. */
async function endedRun(): Promise<string> {
  const { run } = await client.runs.start({ selection: '+report' })
  await client.runs.wait(run.runId)
  return run.runId
}

const seqs = (events: readonly RunEvent[]) => events.map((event) => event.seq)
const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, index) => index + from)

describe("a run's log as a stream", () => {
  it('has ids, types and data, and an end, as text/event-stream', async () => {
    const runId = await endedRun()
    const answer = await fetch(`${server.url}/api/v1/runs/${runId}/events`, { headers: { accept: 'text/event-stream' } })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const messages = (await answer.text()).split('\n\n').filter((message) => message !== '' && !message.startsWith(':'))
    const { items } = await client.runs.events(runId)
    const [lines, data] = [messages.slice(0, -1).map((message) => message.split('\n')), /^data: /]
    expect(lines.map(([id, event]) => [id, event])).toEqual(items.map(({ seq, type }) => [`id: ${seq}`, `event: ${type}`]))
    expect(lines.map(([, , text = '']) => JSON.parse(text.replace(data, '')))).toEqual(items)
    expect(messages.at(-1)).toBe('event: end\ndata: {"status":"SUCCESS"}')
  })

  it('goes on after Last-Event-ID, which counts more than after', async () => {
    const runId = await endedRun()
    const idsOf = async (query: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${server.url}/api/v1/runs/${runId}/events${query}`, {
        headers: { accept: 'text/event-stream', ...headers },
      })
      return [...(await answer.text()).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
    }
    const count = (await client.runs.events(runId)).items.length
    expect(await idsOf('?after=3')).toEqual(upTo(count, 4))
    expect(await idsOf('?after=1', { 'last-event-id': '5' })).toEqual(upTo(count, 6))
    expect(await idsOf(`?after=${count}`)).toEqual([])
    expect(await idsOf(`?after=${count + 10}`)).toEqual([])
  })

  it('tells what happens while it happens, and ends with the run', async () => {
    const { run } = await client.runs.start({ selection: 'gated' })
    const seen: string[] = []
    for await (const event of client.runs.follow(run.runId)) {
      seen.push(event.type)
      // The step waits for this cancel: a stream that only told of ended runs would never come here.
      if (event.type === 'STEP_START') await client.runs.cancel(run.runId)
    }
    expect(seen[0]).toBe('RUN_QUEUED')
    expect(seen).toContain('RUN_CANCELING')
    expect(seen.at(-1)).toBe('RUN_CANCELED')
  })

  it('has more entries than are read at once, without gaps', async () => {
    const runId = await runWithEvents(1_203)
    expect(seqs(await collected(client.runs.follow(runId)))).toEqual(upTo(1_205))
  })
})

describe('following a run', () => {
  it('survives connections that are cut in the middle of a message, without gaps or repetitions', async () => {
    const runId = await runWithEvents(300)
    const proxy = await cuttingProxy(server.port, 20_000)
    try {
      const events = await collected(createClient({ baseUrl: proxy.url }).runs.follow(runId))
      expect(seqs(events)).toEqual(upTo(302))
      expect(proxy.cuts()).toBeGreaterThan(1)
    } finally {
      await proxy.close()
    }
  })

  it('survives a server that is away for a while', async () => {
    const { run } = await client.runs.start({ selection: 'gated' })
    const first = await startApiServer({ app: api.app, port: 0 })
    let second: Promise<ApiServer> | undefined
    const events: RunEvent[] = []
    for await (const event of createClient({ baseUrl: first.url }).runs.follow(run.runId)) {
      events.push(event)
      if (event.type !== 'STEP_START') continue
      await first.close()
      await client.runs.cancel(run.runId)
      second = sleep(400).then(() => startApiServer({ app: api.app, port: first.port }))
    }
    expect(second).toBeDefined()
    await (await second)?.close()
    expect(seqs(events)).toEqual(upTo(events.length))
    expect(events.at(-1)?.type).toBe('RUN_CANCELED')
  })

  it('fails with SERVER_UNREACHABLE when the server stays away for longer than it has patience', async () => {
    const { run } = await client.runs.start({ selection: 'gated' })
    const mortal = await startApiServer({ app: api.app, port: 0 })
    const follow = async () => {
      for await (const event of createClient({ baseUrl: mortal.url }).runs.follow(run.runId, { patienceMs: 300 })) {
        if (event.type === 'STEP_START') await mortal.close()
      }
    }
    await expect(follow()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' })
    await client.runs.cancel(run.runId)
  })

  it('starts after any entry and leaves LOG out on demand', async () => {
    const runId = await endedRun()
    const { items } = await client.runs.events(runId)
    const without = items.filter((event) => event.type !== 'LOG' && event.seq > 2)
    expect(await collected(client.runs.follow(runId, { after: 2, logs: false }))).toEqual(without)
  })

  it('ends with the reason of its signal', async () => {
    const { run } = await client.runs.start({ selection: 'gated' })
    const controller = new AbortController()
    const follow = async () => {
      for await (const event of client.runs.follow(run.runId, { signal: controller.signal })) {
        if (event.type === 'STEP_START') controller.abort(new Error('seen enough'))
      }
    }
    await expect(follow()).rejects.toThrow('seen enough')
    await expect(client.runs.wait(run.runId, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' })
    await client.runs.cancel(run.runId)
  })

  it('fails at once for a run that does not exist', async () => {
    await expect(collected(client.runs.follow('nothing'))).rejects.toMatchObject({ code: 'UNKNOWN_RUN', status: 404 })
  })
})

describe('the reader of a stream', () => {
  it('takes the work of the store with it when it goes', async () => {
    const { run } = await client.runs.start({ selection: 'gated' })
    let reads = 0
    const { events } = api.store
    const counted = { ...events, list: (...given: Parameters<typeof events.list>) => (reads++, events.list(...given)) }
    const app = api.appWith({ store: { ...api.store, events: counted } })
    const own = await startApiServer({ app, port: 0 })
    try {
      for await (const event of createClient({ baseUrl: own.url }).runs.follow(run.runId)) {
        if (event.type === 'STEP_START') break
      }
      await expect.poll(async () => readsWithin(1_200, () => reads), { timeout: 10_000 }).toBe(0)
    } finally {
      await own.close()
      await client.runs.cancel(run.runId)
    }
  })
})

async function readsWithin(ms: number, count: () => number): Promise<number> {
  const before = count()
  await sleep(ms)
  return count() - before
}

/** A run that has ended, recorded by hand, with so many entries of its one step between its first and last. */
async function runWithEvents(count: number): Promise<string> {
  const runId = randomUUID()
  const [location] = await api.store.codeLocations.current()
  await api.store.runs.create({
    runId,
    codeLocation: api.codeLocation,
    snapshotHash: location?.snapshotHash ?? '',
    jobName: null,
    selection: 'orders',
    plan: { version: 1, steps: [{ key: 'orders', asset: 'orders', after: [] }] },
    runConfig: {},
    tags: {},
    partitionKey: null,
    idempotencyKey: null,
    requestHash: null,
  })
  const step = { runId, stepKey: 'orders', attempt: 1 }
  for (let line = 0; line < count; line++) {
    await api.store.steps.log(step, [
      { time: new Date().toISOString(), level: 'info', source: 'log', message: 'x'.repeat(200), fields: { line } },
    ])
  }
  await api.store.runs.ended({ runId, status: 'FAILURE', reason: 'recorded by a test', skipped: [] })
  return runId
}

/** Passes bytes on to a port, and cuts each connection after so many bytes of answer. */
async function cuttingProxy(port: number, bytes: number): Promise<{ url: string; cuts(): number; close(): Promise<void> }> {
  let cuts = 0
  const server = createServer((down) => {
    const up = connect(port, '127.0.0.1')
    const end = (socket: Socket) => () => socket.destroy()
    down.on('error', end(up)).on('close', end(up))
    up.on('error', end(down)).on('close', end(down))
    down.pipe(up)
    let left = bytes
    up.on('data', (chunk: Buffer) => {
      down.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left > 0) return
      cuts++
      down.end()
      up.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
