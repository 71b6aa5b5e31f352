import pMap from 'p-map'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { launchActivities } from '../../activities/launch-activities.ts'
import { DataVersions } from '../../activities/data-versions.ts'
import { SensorTick } from '../../activities/sensor-tick.ts'
import type { WorkerParts } from '../../activities/worker-parts.ts'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { assetJob } from '../../definitions/job.ts'
import { dynamicPartitions } from '../../definitions/partitions/dynamic-partitions.ts'
import { runRequest } from '../../definitions/run-request.ts'
import { sensor } from '../../definitions/sensor.ts'
import { ResourcePool } from '../../execution/resource-pool.ts'
import { SecretMask } from '../../execution/secret-mask.ts'
import { filesystemIOManager } from '../../io/filesystem.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import { createRequestLauncher } from '../../temporal/request-launcher.ts'
import { type Cut, CutOff } from '../cut-off.ts'
import { DurableStack } from '../durable-stack.ts'

const files = dynamicPartitions('files')
const orders = asset({ key: 'orders', partitions: files, materialize: () => 1 })
const ingest = assetJob({ name: 'ingest', selection: 'orders' })
const all = definitions({ assets: [orders, asset({ key: 'elsewhere', materialize: () => 1 })], jobs: [ingest] })

/** Everything that a tick can do, with no run key to save it: what is asked for twice is run twice. */
const uploads = (name: string) =>
  sensor({
    name,
    job: ingest,
    defaultStatus: 'RUNNING',
    events: z.object({ file: z.string() }),
    evaluate: ({ events, cursor = '0', updateCursor, addPartitions, reportMaterialization }) => {
      const keys = events.map(({ file }) => file)
      addPartitions(files, keys)
      updateCursor(String(Number(cursor) + events.length))
      reportMaterialization('elsewhere', { tags: { name } })
      // The same twice, and a backfill.
      return [...keys, ...keys].map((partitionKey) => runRequest({ partitionKey })).concat(runRequest({ partitions: keys }))
    },
  })

let stack: DurableStack
let snapshot: WorkerParts['snapshot']
let snapshotHash: string

beforeAll(async () => {
  stack = await DurableStack.start('sensor-kill-points')
  snapshot = await snapshotOf(all)
  snapshotHash = await stack.store.codeLocations.register(stack.codeLocation, snapshot)
})
afterAll(() => stack?.stop())

/** Evaluates a tick behind a cut. */
async function evaluate(name: string, tickId: string, cut = new CutOff(Infinity, 'before')): Promise<void> {
  const store = cut.of(stack.store)
  const secrets = new SecretMask()
  const parts: WorkerParts = {
    definitions: all,
    snapshot,
    snapshotHash,
    store,
    identity: 'tests',
    resources: new ResourcePool({}, secrets),
    dataVersions: new DataVersions(store),
    secrets,
    environment: {},
    defaultIOManager: filesystemIOManager(),
    onOutput: () => undefined,
    warn: () => undefined,
  }
  const launcher = createRequestLauncher({ store, client: cut.of(stack.client) })
  const context = { cancellationSignal: new AbortController().signal }
  const tick = { codeLocation: stack.codeLocation, name, tickId }
  await new SensorTick({
    parts: { ...parts, launcher, validate: (input) => launchActivities(parts).validateRunConfig(input) },
    sensor: uploads(name),
    tick,
    context,
  }).toItsEnd()
}

async function given(name: string): Promise<void> {
  const events = [{ file: name }, { fil: 'refused' }]
  await stack.store.sensorEvents.receive(
    { codeLocation: stack.codeLocation, name },
    events.map((event, index) => ({ key: `event-${index}`, event })),
  )
}

/** All that there is of a sensor after its events were taken once. */
async function found(name: string) {
  const { store, codeLocation } = stack
  const instigator = { codeLocation, kind: 'SENSOR', name } as const
  const tags = { 'assetry/sensor': name }
  const [runs, backfills, reports, ticks, keys, state] = await Promise.all([
    store.runs.list({ tags }, { limit: 100 }),
    store.backfills.list({}, { limit: 1_000 }),
    store.materializations.list('elsewhere', { limit: 1_000 }),
    store.ticks.list({ ...instigator, statuses: ['SUCCESS'] }, { limit: 100 }),
    store.dynamicPartitions.keysOf(['files']),
    store.instigators.get(instigator),
  ])
  return {
    runs: runs.items.map(({ partitionKey }) => partitionKey ?? '').toSorted(),
    backfills: backfills.items.filter((each) => each.tags['assetry/sensor'] === name).length,
    reports: reports.items.filter((each) => each.tags['name'] === name).length,
    committed: ticks.items.map(({ events, requests }) => [events, requests]),
    keys: keys.get('files')?.filter((key) => key === name),
    cursor: state?.cursor,
    waiting: (await store.sensorEvents.waiting(instigator, 10)).length,
    pending: (await store.ticks.pending(instigator, 10)).length,
  }
}

const expected = (name: string): Awaited<ReturnType<typeof found>> => ({
  runs: [name, name],
  backfills: 1,
  reports: 1,
  committed: [[2, 3]],
  keys: [name],
  cursor: '1',
  waiting: 0,
  pending: 0,
})

/** Cuts a tick off at a call, and evaluates again. */
async function cutAt(name: string, at: number, cut: Cut, again: 'same' | 'new'): Promise<void> {
  await given(name)
  const first = new CutOff(at, cut)
  const evaluated = evaluate(name, `${name}-tick`, first)
  const settled = Promise.allSettled([evaluated])
  await Promise.race([cut === 'frozen' ? first.reached : settled, settled])
  await evaluate(name, again === 'same' ? `${name}-tick` : `${name}-another`)
  first.thaw()
  const [outcome] = await settled
  if (cut !== 'frozen') expect(outcome.status, `${name}: ${first.calls[at]}`).toBe('rejected')
  await first.settled()
  // The next tick: it finds nothing to do.
  await evaluate(name, `${name}-next`)
  expect({ at: first.calls[at], ...(await found(name)) }, name).toEqual({ at: first.calls[at], ...expected(name) })
}

test.each(['before', 'after', 'frozen'] as const)('a tick that is cut off %s any of its calls loses and doubles nothing', async (cut) => {
  const whole = new CutOff(Infinity, cut)
  const name = `whole-${cut}`
  await given(name)
  await evaluate(name, name, whole)
  expect(await found(name)).toEqual(expected(name))
  expect(whole.calls).toContain('ticks.commit')
  expect(whole.calls).toContain('workflow.start')
  const cuts = [...whole.calls.keys()].flatMap((at) => [
    { at, again: 'same' as const },
    { at, again: 'new' as const },
  ])
  await pMap(cuts, ({ at, again }) => cutAt(`${cut}-${at}-${again}`, at, cut, again), { concurrency: 4 })
})
