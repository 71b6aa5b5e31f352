import { describe, expect, it } from 'vitest'
import { type AnyAsset, asset } from '../definitions/asset.ts'
import { multiRun, singleRun } from '../definitions/backfill-policy.ts'
import { definitions } from '../definitions/definitions.ts'
import { input } from '../definitions/input.ts'
import { ioManager as defineIOManager } from '../definitions/io-manager.ts'
import { output } from '../definitions/output.ts'
import type { PartitionMap } from '../definitions/partition-map.ts'
import { allPartitionsMapping, staticMapping, timeWindowMapping } from '../definitions/partition-mappings/partition-mappings.ts'
import { multiPartitions } from '../definitions/partitions/multi-partitions.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { dailyPartitions } from '../definitions/partitions/window-partitions.ts'
import { consoleLogger } from './console-logger.ts'
import { materialize } from './materialize.ts'
import { ResourcePool } from './resource-pool.ts'
import { SecretMask } from './secret-mask.ts'
import { runBatch } from './step.ts'
import type { StepHost } from './step-host.ts'
import { type BatchPerformance, stepWork } from './step-work.ts'

const days = dailyPartitions({ start: '2026-01-01', end: '2026-01-06' })
const three = ['2026-01-01', '2026-01-02', '2026-01-03']
const [first, second, third] = three as [string, string, string]
const policy = { key: 'made', partitions: days, backfillPolicy: singleRun() } as const

describe('a call for several partitions', () => {
  it.each([
    ['a map', (keys: readonly string[]) => new Map(keys.map((key) => [key, `of ${key}`]))],
    ['a promise of one', async (keys: readonly string[]) => new Map(keys.map((key) => [key, `of ${key}`]))],
    ['pairs', (keys: readonly string[]) => keys.map((key) => [key, `of ${key}`] as const)],
    ['pairs whose values are still to come', (keys: readonly string[]) => keys.map((key) => [key, Promise.resolve(`of ${key}`)] as const)],
  ])('saves each value under its key, given by %s', async (_what, valuesOf) => {
    const told = await call(asset({ ...policy, materialize: (_inputs, { partitionKeys }) => valuesOf(partitionKeys) }), three)
    expect(told.made).toEqual(three)
    expect(told.saved).toEqual(new Map(three.map((key) => [key, `of ${key}`])))
  })

  it('saves and tells of a pair before it asks for the next one', async () => {
    const seen: (readonly string[])[] = []
    const told = new Told()
    const made = asset({
      ...policy,
      async *materialize(_inputs, { partitionKeys }) {
        for (const key of partitionKeys) {
          seen.push([...told.made])
          yield [key, output(key, { metadata: { day: key }, dataVersion: `v-${key}` })]
        }
      },
    })
    await call(made, three, { told })
    expect(seen).toEqual([[], [first], [first, second]])
    expect(told.made).toEqual(three)
    expect(told.outcomes.map(({ made: [each] }) => [each?.metadata['day']?.value, each?.dataVersion])).toEqual(
      three.map((key) => [key, `v-${key}`]),
    )
  })

  it('has made all of them where it returns nothing, and stores nothing', async () => {
    const told = await call(asset({ ...policy, materialize: async (_inputs, { addMetadata }) => addMetadata({ rows: 3 }) }), three)
    expect([told.made, told.saved]).toEqual([three, new Map()])
    expect(told.outcomes.map(({ made: [each] }) => each?.metadata['rows']?.value)).toEqual([3, 3, 3])
  })

  it('gives the keys, and the window from the first start to the last end', async () => {
    let seen: unknown
    const made = asset({
      ...policy,
      materialize: (_inputs, { partitionKeys, partitionTimeWindow: window }) => void (seen = [partitionKeys, window]),
    })
    await call(made, three)
    expect(seen).toEqual([three, { start: new Date('2026-01-01'), end: new Date('2026-01-04') }])
  })

  it('refuses to say which one partition it is for, or which window with a gap', async () => {
    const askingKey = asset({ ...policy, materialize: (_inputs, { partitionKey }) => new Map([[partitionKey, 1]]) })
    await expect(call(askingKey, three)).rejects.toMatchObject({
      code: 'SEVERAL_PARTITIONS',
      message: expect.stringContaining('context.partitionKeys has all of them'),
    })
    const askingWindow = asset({ ...policy, materialize: (_inputs, { partitionTimeWindow }) => void partitionTimeWindow })
    await expect(call(askingWindow, [first, third])).rejects.toMatchObject({
      code: 'SEVERAL_PARTITIONS',
      message: expect.stringContaining('without a gap'),
    })
    const sold = multiPartitions({ day: days, region: staticPartitions(['eu', 'us']) })
    const parts = asset({ ...policy, partitions: sold, materialize: (_inputs, { partitionDimensions }) => void partitionDimensions })
    await expect(call(parts, [`${first}|eu`, `${first}|us`])).rejects.toMatchObject({ code: 'SEVERAL_PARTITIONS' })
  })

  it('fails just the partitions for which it gave nothing, or what can’t be saved', async () => {
    const made = asset({
      ...policy,
      materialize: () => [[second, 'fine'] as const, [first, Promise.reject(new Error('broken'))] as const],
    })
    const told = await call(made, three)
    expect(told.made).toEqual([second])
    expect([...told.failed].map(([key, error]) => [key, (error as { code?: string }).code ?? (error as Error).message])).toEqual([
      [first, 'broken'],
      [third, 'PARTITION_NOT_RETURNED'],
    ])
  })

  it.each([
    ['was not asked for', '2026-01-05', 'which it was not asked for'],
    ['was given before', '2026-01-01', 'twice'],
  ])('ends where a key %s, with what was given before it made', async (_what, key, text) => {
    let isClosed = false
    const made = asset({
      ...policy,
      *materialize() {
        try {
          yield [first, 1]
          yield [key, 2]
          yield [second, 3]
        } finally {
          isClosed = true
        }
      },
    })
    const told = new Told()
    await expect(call(made, three, { told })).rejects.toMatchObject({ code: 'PARTITION_NOT_ASKED', message: expect.stringContaining(text) })
    expect([told.made, isClosed]).toEqual([[first], true])
  })

  it('counts the last partition as made when the function has ended', async () => {
    const made = asset({
      ...policy,
      *materialize() {
        yield [first, 1]
        yield [second, 2]
        throw new Error('at the end')
      },
    })
    const told = new Told()
    await expect(call(made, [first, second], { told })).rejects.toThrow('at the end')
    expect(told.made).toEqual([first])
  })

  it.each([
    ['a number', 1, 'returned 1'],
    ['rows', [{ id: 1 }], 'gave an object'],
    ['an output of all', output(new Map([[first, 1]])), 'returned an output() of all of them'],
  ])('says what it wants instead of %s', async (_what, returned, text) => {
    const made = asset({ ...policy, materialize: () => returned as never })
    await expect(call(made, three)).rejects.toMatchObject({ code: 'PARTITION_NOT_RETURNED', message: expect.stringContaining(text) })
  })

  it('takes checks of each partition with its output', async () => {
    const made = asset({
      ...policy,
      checks: { few: { blocking: true } },
      materialize: (_inputs, { partitionKeys }) =>
        new Map(partitionKeys.map((key) => [key, output(key, { checks: { few: key !== second } })])),
    })
    const told = await call(made, three)
    expect(told.made).toEqual(three)
    expect(told.outcomes.map(({ failure }) => failure?.code)).toEqual([undefined, 'CHECK_FAILED', undefined])
  })
})

describe('the inputs of a call for several partitions', () => {
  const seed = new Map(['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05'].map((key, place) => [key, place]))
  const orders = asset({ key: 'orders', partitions: days, materialize: () => 1 })
  const rates = asset({ key: 'rates', materialize: () => 1 })

  it('are maps of the partitions that one of them needs, each loaded when it is asked for, and values of the whole', async () => {
    const own = staticPartitions(['b', 'a'])
    const byRegion = asset({ key: 'by_region', partitions: staticPartitions(['x', 'y', 'z']), materialize: () => 1 })
    const seen: Record<string, unknown> = {}
    const made = asset({
      key: 'made',
      partitions: own,
      backfillPolicy: singleRun(),
      inputs: {
        rates,
        all: input(orders, { partitionMapping: allPartitionsMapping() }),
        byRegion: input(byRegion, { partitionMapping: staticMapping({ z: 'b', x: 'a', y: ['a', 'b'] }) }),
      },
      materialize: async (inputs, { partitionKeys }) => {
        seen['rates'] = inputs.rates
        seen['all'] = [...inputs.all.keys()]
        seen['byRegion'] = [...inputs.byRegion.keys()]
        seen['y'] = await inputs.byRegion.get('y')
        return new Map(partitionKeys.map((key) => [key, 1]))
      },
    })
    const values = { orders: seed, rates: new Map([['', 7]]), by_region: new Map([['y', 'why']]) }
    const told = await call(made, ['b', 'a'], { others: [orders, rates, byRegion], values })
    expect(seen).toEqual({ rates: 7, all: [...seed.keys()], byRegion: ['x', 'y', 'z'], y: 'why' })
    expect(told.made).toEqual(['b', 'a'])
  })

  it('are keyed by the same keys where partitions are the same; data versions are of each partition', async () => {
    const made = asset({
      ...policy,
      inputs: { orders },
      async *materialize({ orders: map }: { orders: PartitionMap<number> }) {
        for await (const [key, value] of map) yield [key, value * 10] as const
      },
    })
    const told = await call(made, [second, third], { others: [orders], values: { orders: seed } })
    expect(told.saved).toEqual(
      new Map([
        [second, 10],
        [third, 20],
      ]),
    )
    expect(told.outcomes.map((outcome) => outcome.made[0]?.inputVersions)).toEqual([
      { orders: `orders of ${second}` },
      { orders: `orders of ${third}` },
    ])
  })

  it('leave out partitions that need one which doesn’t exist', async () => {
    const asked: (readonly string[])[] = []
    const made = asset({
      ...policy,
      inputs: { orders: input(orders, { partitionMapping: timeWindowMapping({ startOffset: -1 }) }) },
      materialize: ({ orders: map }, { partitionKeys }) => void asked.push(partitionKeys, [...map.keys()]),
    })
    const told = await call(made, three, { others: [orders] })
    expect(asked).toEqual([[second, third], three])
    expect([...told.failed].map(([key, error]) => [key, (error as { code?: string }).code])).toEqual([
      [first, 'UPSTREAM_PARTITION_MISSING'],
    ])
  })
})

describe('a run of one partition of an asset with a backfill policy', () => {
  it('calls it with one key, and gives its value', async () => {
    const made = asset({
      ...policy,
      backfillPolicy: multiRun({ maxPartitionsPerRun: 2 }),
      async *materialize(_inputs, { partitionKey, partitionKeys }) {
        yield [partitionKey, partitionKeys.length]
      },
    })
    const reader = asset({ key: 'reader', partitions: days, inputs: { made }, materialize: (inputs) => inputs.made + 1 })
    const result = await materialize([made, reader], { partitionKey: second })
    expect([result.outputFor(made), result.outputFor(reader)]).toEqual([1, 2])
  })

  it('fails where the function gives nothing for it, and tries again what failed', async () => {
    const nothing = asset({ ...policy, materialize: () => new Map<string, number>() })
    await expect(materialize([nothing], { partitionKey: second })).rejects.toMatchObject({ code: 'PARTITION_NOT_RETURNED' })
    let tries = 0
    const flaky = asset({
      ...policy,
      retries: { max: 1, delay: 1 },
      materialize: (_inputs, { partitionKey }) => {
        tries += 1
        if (tries === 1) throw new Error('flaky')
        return new Map([[partitionKey, tries]])
      },
    })
    expect((await materialize([flaky], { partitionKey: second })).outputFor(flaky)).toBe(2)
  })
})

describe('a backfill policy', () => {
  it('is refused without partitions, and of no number of partitions', () => {
    expect(() => asset({ key: 'x', backfillPolicy: singleRun(), materialize: () => new Map() })).toThrow(/it has no partitions/)
    expect(() => asset({ ...policy, backfillPolicy: 'single' as never, materialize: () => new Map() })).toThrow(/which is no policy/)
    for (const maxPartitionsPerRun of [0, 1.5, Number.NaN, -1])
      expect(() => multiRun({ maxPartitionsPerRun })).toThrow(/not a whole number/)
  })
})

/** What a call told of its partitions. */
class Told {
  readonly made: string[] = []
  readonly outcomes: Awaited<ReturnType<ReturnType<typeof stepWork>['perform']>>[] = []
  readonly failed = new Map<string, unknown>()
  saved: ReadonlyMap<string, unknown> = new Map()
}

interface CallOptions {
  readonly told?: Told
  readonly others?: readonly AnyAsset[]
  /** What there is to load, by asset and partition. */
  readonly values?: Readonly<Record<string, ReadonlyMap<string, unknown>>>
}

/** Calls an asset’s function for several partitions, as a step of a backfill does. */
async function call(
  made: AnyAsset,
  keys: readonly string[],
  { told = new Told(), others = [], values = {} }: CallOptions = {},
): Promise<Told> {
  const saved = new Map<string, unknown>()
  const manager = defineIOManager({
    name: 'seen',
    save: ({ partitionKey = '' }, value) => void saved.set(partitionKey, value),
    load: ({ assetKey, partitionKey = '' }) => values[assetKey]?.get(partitionKey),
  })
  const target = { kind: 'materialize', stepKey: made.key, assetKey: made.key } as const
  const all = definitions({ assets: [...others, made] })
  const host: StepHost = {
    definitions: all,
    target,
    run: { id: 'r', jobName: undefined, tags: {} },
    runConfig: {},
    partitionKeys: keys,
    now: new Date('2026-06-01'),
    attempt: 1,
    signal: new AbortController().signal,
    log: consoleLogger('made', new SecretMask()),
    resources: new ResourcePool({}, new SecretMask()),
    lastHeartbeat: undefined,
    heartbeat: () => undefined,
    defaultIOManager: manager,
    confirm: () => Promise.resolve(),
    endedOps: () => Promise.resolve(new Map()),
    dataVersions: (data) => Promise.resolve(data.map(({ assetKey, partitionKey }) => `${assetKey} of ${partitionKey}`)),
    history: () => Promise.resolve({ latestMaterialization: undefined, latestObservation: undefined, dataVersionAt: undefined }),
  }
  const work = stepWork(all, target, undefined)
  told.saved = saved
  await runBatch(host, work, work.batch as BatchPerformance, {
    made: async (key, outcome) => {
      told.made.push(key)
      told.outcomes.push(outcome)
    },
    failed: async (key, error) => void told.failed.set(key, error),
  })
  return told
}
