import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StackState } from '../../cli/stack/stack-state.ts'
import { partitionKeys } from '../../definitions/partitions/partition-keys.ts'
import { hourlyPartitions } from '../../definitions/partitions/window-partitions.ts'
import { freePort } from '../../temporal/free-port.ts'
import { DevServer } from '../dev-server.ts'
import { ProjectFolder } from '../project-folder.ts'

const fixture = fileURLToPath(new URL('../fixtures/hours/definitions.ts', import.meta.url))
const all = [...partitionKeys(hourlyPartitions({ start: '2026-01-01', end: '2026-07-28T08:00' }).spec, { now: new Date('2026-12-01') })]

/** Which process dies, found in what the stack wrote down. */
const victims: Readonly<Record<string, (state: StackState) => number | undefined>> = {
  worker: (state) => state.workers.at(-1)?.process.pid,
  Temporal: (state) => state.temporal?.pid,
  store: (state) => state.store?.pid,
  supervisor: (state) => state.supervisor.pid,
}

/** Each once, and as many again by chance. */
const kills = 10

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

describe('a backfill of 5,000 partitions and what is downstream of them', () => {
  it('survives ten kill -9 of whichever process, a reload of the code, a pause and a resume, and makes each partition once', async () => {
    const options = { definitionsFile: project.definitionsFile, home: project.home, port: await freePort() }
    const boot = async (): Promise<void> => {
      server = new DevServer(options)
      open.push(server)
      await server.printed('ready in')
    }
    await boot()
    const { backfill } = await server.client.backfills.start({ selection: '*', concurrency: 8 })
    const { backfillId } = backfill

    const recorded = async (): Promise<number> => {
      const found = await server.client.backfills.get(backfillId).catch(() => undefined)
      return found?.assets.find(({ assetKey }) => assetKey === 'hours')?.materialized ?? -1
    }
    const progressedBy = async (count: number): Promise<void> => {
      const before = await eventually(recorded, (now) => now >= 0)
      await eventually(recorded, (now) => now >= Math.min(before + count, all.length))
    }

    const names = Object.keys(victims)
    const order = [
      ...names,
      ...Array.from({ length: kills - names.length }, () => names[Math.floor(Math.random() * names.length)] ?? 'worker'),
    ]
    for (const [round, name] of order.entries()) {
      await progressedBy(150)
      const pid = victims[name]?.(await server.state())
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      if (name === 'supervisor') {
        await server.exited
        await boot()
      }
      if (round === 3) await project.write('definitions.ts', `${await readFile(fixture, 'utf8')}\n// Changed.\n`)
      if (round === 6) {
        await eventually(
          () =>
            server.client.backfills.pause(backfillId).then(
              ({ status }) => status,
              () => undefined,
            ),
          (status) => status === 'PAUSED',
        )
        await stays(recorded)
        expect((await server.client.backfills.resume(backfillId)).status).toBe('STARTED')
      }
    }

    const ended = await eventually(
      () => server.client.backfills.get(backfillId).catch(() => undefined),
      (found) => found !== undefined && found.endedAt !== null,
    )
    expect(ended?.status, `killed: ${order.join(', ')}`).toBe('SUCCESS')
    expect(await materialized('hours')).toEqual(all)
    expect(await materialized('daily_counts')).toHaveLength(new Set(all.map((key) => key.slice(0, 10))).size - 1)
  })
})

/** Partition keys of all materializations of an asset: one that was made twice comes twice. */
async function materialized(assetKey: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await server.client.assets.materializations(assetKey, { limit: 500, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items.map(({ partitionKey }) => partitionKey ?? ''))
    if (page.nextCursor === null) return found.toSorted()
    cursor = page.nextCursor
  }
}

async function eventually<TValue>(read: () => Promise<TValue>, isEnough: (value: TValue) => boolean): Promise<TValue> {
  for (;;) {
    const value = await read()
    if (isEnough(value)) return value
    await wait(100)
  }
}

/** Waits until a number is the same for two seconds. */
async function stays(read: () => Promise<number>): Promise<void> {
  for (let [before, same] = [await read(), 0]; same < 20;) {
    await wait(100)
    const now = await read()
    same = now === before ? same + 1 : 0
    before = now
  }
}
