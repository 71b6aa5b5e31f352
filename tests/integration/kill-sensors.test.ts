import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pMap from 'p-map'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { StackState } from '../../cli/stack/stack-state.ts'
import { freePort } from '../../temporal/free-port.ts'
import { DevServer } from '../dev-server.ts'
import { ProjectFolder } from '../project-folder.ts'

const fixture = fileURLToPath(new URL('../fixtures/events/definitions.ts', import.meta.url))

const count = 1_000
/** Events of one request. */
const batch = 10
/** Each process once, and as many again by chance. */
const kills = 10

/** Which process dies, found in what the stack wrote down. */
const victims: Readonly<Record<string, (state: StackState) => number | undefined>> = {
  worker: (state) => state.workers.at(-1)?.process.pid,
  Temporal: (state) => state.temporal?.pid,
  store: (state) => state.store?.pid,
  supervisor: (state) => state.supervisor.pid,
}

let project: ProjectFolder
let server: DevServer
const open: DevServer[] = []

beforeEach(async () => {
  project = await ProjectFolder.create(await readFile(fixture, 'utf8'))
})

afterEach(async () => {
  for (const each of open.splice(0)) await each.stop()
  await project.remove()
})

it('1,000 events that are posted during ten kill -9 of whichever process give exactly 1,000 runs', async () => {
  const options = { definitionsFile: project.definitionsFile, home: project.home, port: await freePort() }
  const boot = async (): Promise<void> => {
    server = new DevServer(options)
    open.push(server)
    await server.printed('ready in')
  }
  await boot()

  /** Posts a batch until it is answered, as whoever sends a webhook does. */
  const post = async (first: number): Promise<void> => {
    const events = Array.from({ length: batch }, (_, index) => ({ order: first + index }))
    const idempotencyKey = `orders-${first}`
    await eventually(
      () => server.client.sensors.tell('told', events, { idempotencyKey }).catch(() => undefined),
      (answer) => answer !== undefined,
    )
  }
  const runs = async (): Promise<readonly string[]> => {
    const orders: string[] = []
    for await (const { tags, status } of server.client.runs.iterate()) orders.push(status === 'SUCCESS' ? (tags['order'] ?? '') : status)
    return orders
  }

  const names = Object.keys(victims)
  const order = [
    ...names,
    ...Array.from({ length: kills - names.length }, () => names[Math.floor(Math.random() * names.length)] ?? 'worker'),
  ]
  const perRound = count / kills
  for (const [round, name] of order.entries()) {
    const firsts = Array.from({ length: perRound / batch }, (_, index) => round * perRound + index * batch)
    const posted = pMap(firsts, post, { concurrency: 4 })
    // In the middle of the posts, the evaluations, the launches or the runs.
    await wait(Math.random() * 1_000)
    const pid = victims[name]?.(await server.state())
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    if (name === 'supervisor') {
      await server.exited
      await boot()
    }
    await posted
  }

  const made = await eventually(
    () => runs().catch(() => []),
    (all) => all.length >= count && all.every((each) => Number.isFinite(Number(each))),
  )
  expect(
    made.map(Number).toSorted((a, b) => a - b),
    `killed: ${order.join(', ')}`,
  ).toEqual(Array.from({ length: count }, (_, index) => index))
})

async function eventually<TValue>(read: () => Promise<TValue>, isEnough: (value: TValue) => boolean): Promise<TValue> {
  for (;;) {
    const value = await read()
    if (isEnough(value)) return value
    await wait(100)
  }
}
