import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunKeyPolicy } from '../../definitions/sensor-options.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { InstigatorName } from '../../metadata/stores/instigator-store.ts'
import type { TickClaim, TickOutcome } from '../../metadata/stores/tick-store.ts'
import { boom, createRun, line, materializationOf, query } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const forever: RunKeyPolicy = { windowMs: null, failedRuns: 'skip' }
const rerun: RunKeyPolicy = { windowMs: null, failedRuns: 'rerun' }

/** A sensor of this test alone. */
export function someSensor(): InstigatorName {
  return { codeLocation: 'tests', kind: 'SENSOR', name: `sensor-${randomUUID()}` }
}

/** What a tick came to that asks for runs with these keys. */
export function asking(runKeys: readonly (string | null)[], facts: Partial<TickOutcome> = {}): TickOutcome {
  const requests = runKeys.map((runKey) => ({ runKey, request: { selection: '*' } }))
  return { requests, runKeys: forever, skipReason: null, logs: [], ...facts }
}

/** Begins a tick that nothing hinders. */
export async function beginTick(
  store: MetadataStore,
  sensor: InstigatorName,
  tickId: string = randomUUID(),
): Promise<Extract<TickClaim, { kind: 'claimed' }> & { readonly tickId: string }> {
  const claim = await store.ticks.begin({ ...sensor, tickId, defaultStatus: 'RUNNING', worker: 'tests' })
  if (claim.kind !== 'claimed') throw new Error(`The tick can't be begun: ${JSON.stringify(claim)}`)
  return { ...claim, tickId }
}

/** What every metadata store must do with ticks, what they ask for and what they are told of. */
export function ticksSuite(under: StoreUnderTest): void {
  let store: MetadataStore

  beforeAll(() => {
    ;({ store } = under)
  })

  const tickOf = async (sensor: InstigatorName, outcome: TickOutcome): Promise<string> => {
    const { tickId, fence } = await beginTick(store, sensor)
    expect(await store.ticks.commit(tickId, fence, outcome)).toBe(true)
    return tickId
  }
  const statusesOf = async (tickId: string) => (await store.ticks.requestsOf(tickId)).map(({ status }) => status)
  const receive = (sensor: InstigatorName, ...keys: readonly string[]) =>
    store.sensorEvents.receive(
      sensor,
      keys.map((key) => ({ key, event: { key } })),
    )
  const waiting = async (sensor: InstigatorName) => (await store.sensorEvents.waiting(sensor, 1_000)).map(({ key }) => key)
  const countWaiting = async ({ codeLocation, name }: InstigatorName) =>
    (await store.sensorEvents.counts()).find((each) => each.codeLocation === codeLocation && each.name === name)?.count
  const failed = { error: boom, logs: [], stopAfter: null, stopReason: '' }

  describe('ticks', () => {
    test('the newest of each is told', async () => {
      const [one, other, idle] = [someSensor(), someSensor(), someSensor()]
      await tickOf(one, asking(['a']))
      const last = await tickOf(one, asking([]))
      const only = await tickOf(other, asking(['a']))
      await store.instigators.setStatus(idle, 'RUNNING')
      const names = new Set([one, other, idle].map(({ name }) => name))
      const newest = (await store.ticks.newest()).filter(({ name }) => names.has(name))
      expect(new Set(newest.map(({ tickId }) => tickId))).toEqual(new Set([last, only]))
    })

    test('a tick is committed once: a further commit, or a failure, changes nothing', async () => {
      const sensor = someSensor()
      const { tickId, fence } = await beginTick(store, sensor)
      expect(await store.ticks.commit(tickId, fence, asking(['a', null], { cursor: '1', logs: [line('once')] }))).toBe(true)
      expect(await store.ticks.commit(tickId, fence, asking(['b'], { cursor: '2' }))).toBe(true)
      expect(await store.ticks.fail({ tickId, fence }, failed)).toBe(0)
      expect(await store.ticks.begin({ ...sensor, tickId, defaultStatus: 'RUNNING', worker: 'w' })).toMatchObject({
        kind: 'ended',
        status: 'SUCCESS',
      })
      expect(await store.ticks.get(tickId)).toMatchObject({ status: 'SUCCESS', requests: 2, cursorBefore: null, cursorAfter: '1' })
      expect((await store.ticks.requestsOf(tickId)).map(({ runKey }) => runKey)).toEqual(['a', null])
      expect(await store.ticks.logsOf(tickId)).toEqual([line('once')])
      expect(await store.instigators.get(sensor)).toMatchObject({ cursor: '1', failures: 0 })
    })

    test('a second evaluation of a tick fences the first', async () => {
      const sensor = someSensor()
      const first = await beginTick(store, sensor)
      const second = await beginTick(store, sensor, first.tickId)
      expect(second.fence).toBe(first.fence + 1)
      expect(await store.ticks.commit(first.tickId, first.fence, asking(['a'], { cursor: 'first' }))).toBe(false)
      expect(await store.ticks.fail(first, failed)).toBe(0)
      expect(await store.ticks.get(first.tickId)).toMatchObject({ status: 'STARTED' })
      expect(await store.ticks.commit(second.tickId, second.fence, asking(['b'], { cursor: 'second' }))).toBe(true)
      expect(await store.instigators.get(sensor)).toMatchObject({ cursor: 'second' })
      expect((await store.ticks.pending(sensor, 10)).map(({ runKey }) => runKey)).toEqual(['b'])
    })

    test('an older tick of a sensor that was not committed is given up; those of a schedule go on side by side', async () => {
      const sensor = someSensor()
      const [older, newer] = [await beginTick(store, sensor), await beginTick(store, sensor)]
      expect(await store.ticks.get(older.tickId)).toMatchObject({ status: 'FAILURE', error: { code: 'WORKER_LOST' } })
      expect(await store.ticks.commit(older.tickId, older.fence, asking(['a']))).toBe(false)
      expect(await store.ticks.commit(newer.tickId, newer.fence, asking(['b']))).toBe(true)
      const schedule = { ...someSensor(), kind: 'SCHEDULE' as const }
      const both = [await beginTick(store, schedule), await beginTick(store, schedule)]
      for (const { tickId, fence } of both) expect(await store.ticks.commit(tickId, fence, asking([null]))).toBe(true)
    })

    test('one that is stopped begins no tick, but goes on with one that it began', async () => {
      const sensor = someSensor()
      const { tickId } = await beginTick(store, sensor)
      await store.instigators.setStatus(sensor, 'STOPPED')
      const again = await beginTick(store, sensor, tickId)
      expect(await store.ticks.commit(tickId, again.fence, asking([]))).toBe(true)
      const next = { ...sensor, tickId: randomUUID(), defaultStatus: 'RUNNING', worker: 'w' } as const
      expect(await store.ticks.begin(next)).toEqual({ kind: 'stopped' })
      expect(await store.ticks.begin({ ...next, byHand: true })).toMatchObject({ kind: 'claimed' })
    })

    test('failures in a row are counted, and stop it at the last one', async () => {
      const sensor = someSensor()
      const failing = { ...failed, stopAfter: 2, stopReason: 'two errors' }
      const first = await beginTick(store, sensor)
      expect([await store.ticks.fail(first, failing), await store.ticks.fail(first, failing)]).toEqual([1, 1])
      await tickOf(sensor, asking([]))
      expect(await store.ticks.fail(await beginTick(store, sensor), failing)).toBe(1)
      expect(await store.instigators.get(sensor)).toMatchObject({ status: null })
      expect(await store.ticks.fail(await beginTick(store, sensor), failing)).toBe(2)
      expect(await store.instigators.get(sensor)).toMatchObject({ status: 'STOPPED', reason: 'two errors' })
    })

    test('a cursor that was put in place while a tick was at work stays', async () => {
      const sensor = someSensor()
      const { tickId, fence } = await beginTick(store, sensor)
      await store.instigators.setCursor(sensor, 'edited')
      expect(await store.ticks.commit(tickId, fence, asking(['a'], { cursor: 'of the tick' }))).toBe(true)
      expect(await store.instigators.get(sensor)).toMatchObject({ cursor: 'edited' })
      const next = await beginTick(store, sensor)
      expect(next.cursor).toBe('edited')
      // Evaluated once more it begins at the edited one, and moves it.
      await store.instigators.setCursor(sensor, null)
      const again = await beginTick(store, sensor, next.tickId)
      expect(again.cursor).toBe(null)
      await store.ticks.commit(again.tickId, again.fence, asking([], { cursor: 'moved' }))
      expect(await store.instigators.get(sensor)).toMatchObject({ cursor: 'moved' })
    })
  })

  describe('run keys', () => {
    test('count once in a tick and from tick to tick, for each sensor by itself', async () => {
      const sensor = someSensor()
      const first = await tickOf(sensor, asking(['a', 'a', 'b', null, null]))
      expect(await statusesOf(first)).toEqual(['PENDING', 'DUPLICATE', 'PENDING', 'PENDING', 'PENDING'])
      const second = await tickOf(sensor, asking(['b', 'c', 'a']))
      expect(await statusesOf(second)).toEqual(['DUPLICATE', 'PENDING', 'DUPLICATE'])
      const third = await tickOf(sensor, asking(['a', 'b']))
      expect(await store.ticks.get(third)).toMatchObject({ status: 'SKIPPED', requests: 2, duplicates: 2 })
      expect(await statusesOf(await tickOf(someSensor(), asking(['a'])))).toEqual(['PENDING'])
    })

    test('count within their window', async () => {
      const sensor = someSensor()
      await tickOf(sensor, asking(['a']))
      const hour = { windowMs: 3_600_000, failedRuns: 'skip' } as const
      expect(await statusesOf(await tickOf(sensor, asking(['a'], { runKeys: hour })))).toEqual(['DUPLICATE'])
      await query(
        under.backend.url,
        `update assetry.run_keys set created_at = created_at - interval '61 minutes' where name = '${sensor.name}'`,
      )
      expect(await statusesOf(await tickOf(sensor, asking(['a', 'a'], { runKeys: hour })))).toEqual(['PENDING', 'DUPLICATE'])
    })

    test.each(['FAILURE', 'CANCELED'] as const)('run again where the run came to %s and the sensor says so', async (status) => {
      const sensor = someSensor()
      const { runId } = await createRun(store, 0)
      const first = await tickOf(sensor, asking(['a']))
      await store.ticks.settle({ tickId: first, position: 0 }, { runId })
      expect(await statusesOf(await tickOf(sensor, asking(['a'], { runKeys: rerun })))).toEqual(['DUPLICATE'])
      await store.runs.ended({ runId, status, reason: null, skipped: [] })
      const [duplicate] = await store.ticks.requestsOf(await tickOf(sensor, asking(['a'])))
      expect(duplicate).toMatchObject({ status: 'DUPLICATE', runId })
      expect(await statusesOf(await tickOf(sensor, asking(['a', 'a'], { runKeys: rerun })))).toEqual(['PENDING', 'DUPLICATE'])
      expect(await statusesOf(await tickOf(sensor, asking(['a'], { runKeys: rerun })))).toEqual(['DUPLICATE'])
    })

    test('are free again where the run could not be launched', async () => {
      const sensor = someSensor()
      const first = await tickOf(sensor, asking(['a', 'b']))
      await store.ticks.settle({ tickId: first, position: 0 }, { error: boom })
      const second = await tickOf(sensor, asking(['a', 'b']))
      expect(await statusesOf(second)).toEqual(['PENDING', 'DUPLICATE'])
      // What is settled stays so, and takes the key from nobody.
      await store.ticks.settle({ tickId: first, position: 0 }, { error: boom })
      await store.ticks.settle({ tickId: first, position: 0 }, { runId: 'other' })
      expect(await store.ticks.requestsOf(first)).toMatchObject([{ status: 'FAILED', runId: null }, { status: 'PENDING' }])
      expect(await statusesOf(await tickOf(sensor, asking(['a'])))).toEqual(['DUPLICATE'])
    })

    test('what is pending comes in order, whichever tick asked', async () => {
      const sensor = someSensor()
      const [first, second] = [await tickOf(sensor, asking(['a', 'b', 'c'])), await tickOf(sensor, asking(['d', 'a']))]
      await store.ticks.settle({ tickId: first, position: 1 }, { runId: 'r' })
      const places = (await store.ticks.pending(sensor, 10)).map(({ tickId, position }) => [tickId, position])
      expect(places).toEqual([
        [first, 0],
        [first, 2],
        [second, 0],
      ])
      expect(await store.ticks.pending(sensor, 2)).toHaveLength(2)
    })
  })

  describe('events for sensors', () => {
    test('keep their order and come once, whoever sends at the same time', async () => {
      const sensor = someSensor()
      const mine = (sender: number) => Array.from({ length: 10 }, (_, n) => `${sender}-${n}`)
      const senders = Array.from({ length: 8 }, (_, sender) => [...mine(sender), 'shared', `${sender}-0`])
      const answers = await Promise.all(senders.map((keys) => receive(sensor, ...keys)))
      expect(answers.map((all) => all.map(({ key }) => key))).toEqual(senders)
      const created = answers.flat().filter((each) => each.created)
      expect(created).toHaveLength(81)
      const kept = await waiting(sensor)
      expect(kept.toSorted()).toEqual(created.map(({ key }) => key).toSorted())
      for (const sender of senders.keys()) expect(kept.filter((key) => key.startsWith(`${sender}-`))).toEqual(mine(sender))
    })

    test('are taken by the tick that is committed, and by no other', async () => {
      const sensor = someSensor()
      await receive(sensor, 'a', 'b', 'c')
      const all = await store.sensorEvents.waiting(sensor, 2)
      const events = all.map(({ number }) => number)
      const lost = await beginTick(store, sensor)
      await store.ticks.fail(lost, failed)
      expect(await countWaiting(sensor)).toBe(3)
      await tickOf(sensor, asking(['a'], { events, refused: [{ number: events[1] ?? '', error: boom }] }))
      expect(await waiting(sensor)).toEqual(['c'])
      expect((await receive(sensor, 'a', 'b', 'c', 'd')).map(({ created }) => created)).toEqual([false, false, false, true])
      expect(await countWaiting(sensor)).toBe(2)
    })

    test('that another tick has taken in the meantime are not taken again: nothing of such a tick is kept', async () => {
      const sensor = someSensor()
      await receive(sensor, 'a', 'b')
      const [a, b] = (await store.sensorEvents.waiting(sensor, 2)).map(({ number }) => number)
      await tickOf(sensor, asking([null], { events: [a ?? ''] }))
      const late = await beginTick(store, sensor)
      expect(await store.ticks.commit(late.tickId, late.fence, asking([null], { events: [a ?? '', b ?? ''], cursor: 'late' }))).toBe(false)
      expect(await store.ticks.pending(sensor, 10)).toHaveLength(1)
      expect(await waiting(sensor)).toEqual(['b'])
      expect(await store.instigators.get(sensor)).toMatchObject({ cursor: null })
      await tickOf(sensor, asking([null], { events: [b ?? ''] }))
    })
  })

  describe('what else a tick commits', () => {
    test('partitions, reports and requests are kept all or nothing', async () => {
      const [sensor, name, assetKey] = [someSensor(), `name-${randomUUID()}`, `asset-${randomUUID()}`]
      const outcome = asking(['a'], {
        partitions: [{ name, add: ['a', 'b'], remove: [] }],
        reports: [{ report: { kind: 'materialization', ...materializationOf(assetKey) }, key: randomUUID() }],
        cursor: 'moved',
      })
      const { tickId, fence } = await beginTick(store, sensor)
      await expect(store.ticks.commit(tickId, fence, { ...outcome, refused: [{ number: 'none', error: boom }] })).rejects.toThrow('bigint')
      const known = async () => (await store.dynamicPartitions.keysOf([name])).get(name) ?? []
      expect([await known(), await store.ticks.requestsOf(tickId)]).toEqual([[], []])
      expect(await store.instigators.get(sensor)).toMatchObject({ cursor: null })
      expect(await store.ticks.commit(tickId, fence, outcome)).toBe(true)
      expect(await store.ticks.commit(tickId, fence, outcome)).toBe(true)
      expect([await known(), await statusesOf(tickId)]).toEqual([['a', 'b'], ['PENDING']])
      expect(await store.materializations.latest([assetKey])).toMatchObject([{ materializationCount: 1 }])
      await tickOf(sensor, asking([], { partitions: [{ name, add: ['c'], remove: ['a'] }] }))
      expect(await known()).toEqual(['b', 'c'])
    })
  })

  describe('a new name', () => {
    test('takes everything over, once', async () => {
      const [old, renamed] = [someSensor(), someSensor()]
      await receive(old, 'e1', 'e2')
      await store.instigators.setStatus(old, 'RUNNING')
      const [taken] = await store.sensorEvents.waiting(old, 1)
      const first = await tickOf(old, asking(['a'], { cursor: '7', events: [taken?.number ?? ''] }))
      const open = await beginTick(store, old)
      // Sent once more to the new name before that is known to be one.
      await receive(renamed, 'e1', 'e2', 'e3')
      expect(await store.instigators.rename(old, renamed.name)).toBe(true)
      expect(await store.instigators.rename(old, renamed.name)).toBe(false)
      expect(await store.instigators.get(old)).toBeUndefined()
      expect(await store.instigators.get(renamed)).toMatchObject({ status: 'RUNNING', cursor: '7' })
      expect((await store.ticks.list(renamed, { limit: 9 })).items.map(({ tickId }) => tickId)).toEqual([open.tickId, first])
      expect(await waiting(renamed)).toEqual(['e2', 'e3'])
      expect(await store.ticks.commit(open.tickId, open.fence, asking(['a', 'b'], { cursor: '8' }))).toBe(true)
      expect(await statusesOf(open.tickId)).toEqual(['DUPLICATE', 'PENDING'])
      expect(await store.instigators.get(renamed)).toMatchObject({ cursor: '8' })
      expect(await store.ticks.pending(renamed, 9)).toHaveLength(2)
    })

    test('that is known already keeps what is its own', async () => {
      const [old, other] = [someSensor(), someSensor()]
      await store.instigators.setCursor(old, 'old')
      await store.instigators.setCursor(other, 'other')
      expect(await store.instigators.rename(old, other.name)).toBe(false)
      expect(await store.instigators.get(other)).toMatchObject({ cursor: 'other' })
    })
  })

  describe('pruning', () => {
    test('keeps the newest tick, what is pending, what run keys point to, and events that wait', async () => {
      const sensor = someSensor()
      await receive(sensor, 'taken', 'waiting')
      const [event] = await store.sensorEvents.waiting(sensor, 1)
      const keyed = await tickOf(sensor, asking(['a'], { events: [event?.number ?? ''] }))
      await store.ticks.settle({ tickId: keyed, position: 0 }, { runId: 'r' })
      const pending = await tickOf(sensor, asking([null]))
      const launched = await tickOf(sensor, asking([null]))
      await store.ticks.settle({ tickId: launched, position: 0 }, { runId: 'r' })
      const skipped = await tickOf(sensor, asking(['a']))
      await store.ticks.fail(await beginTick(store, sensor), failed)
      const newest = await tickOf(sensor, asking([]))
      const left = async () => (await store.ticks.list(sensor, { limit: 20 })).items.map(({ tickId }) => tickId)
      const [long, soon] = [new Date(0), new Date(Date.now() + 60_000)]
      await store.ticks.prune({ skipped: soon, others: long, events: long })
      expect(await left()).toHaveLength(5)
      expect(await left()).not.toContain(skipped)
      await store.ticks.prune({ skipped: soon, others: soon, events: soon })
      expect(await left()).toEqual([newest, pending, keyed])
      expect(await store.ticks.requestsOf(launched)).toEqual([])
      expect(await statusesOf(await tickOf(sensor, asking(['a'])))).toEqual(['DUPLICATE'])
      expect((await receive(sensor, 'taken', 'waiting')).map(({ created }) => created)).toEqual([true, false])
    })
  })
}
