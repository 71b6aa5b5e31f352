import { describe, expect, it } from 'vitest'
import { type AnyAsset, asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { definitions, type DefinitionsOptions } from '../definitions/definitions.ts'
import type { AssetryError, Finding } from '../definitions/errors.ts'
import { externalAsset } from '../definitions/external-asset.ts'
import { graphAsset } from '../definitions/graph-asset.ts'
import { job } from '../definitions/job.ts'
import { eachAsset, type MultiAsset, multiAsset } from '../definitions/multi-asset.ts'
import { observableAsset } from '../definitions/observable-asset.ts'
import { op } from '../definitions/op.ts'
import { planJob } from './plan-job.ts'
import { planRun } from './plan-run.ts'
import type { PlanStep, RunPlan } from './run-plan.ts'
import type { AssetSnapshot, CheckSnapshot, Snapshot } from './snapshot.ts'
import { snapshotOf } from './snapshot-of.ts'

const materialize = () => 1
const check = () => true

async function plan(options: DefinitionsOptions, ...keys: readonly string[]): Promise<RunPlan> {
  return planRun(await snapshotOf(definitions(options)), keys)
}

/** Steps as `kind key < keys it comes after`. */
function shown({ steps }: RunPlan): readonly string[] {
  return steps.map(({ key, kind = 'make', after }) => `${kind} ${key}${after.map((each) => ` < ${steps[each]?.key}`).join('')}`)
}

describe('a multi-asset', () => {
  const crm = (subsettable: boolean) =>
    multiAsset({
      name: 'crm',
      subsettable,
      outputs: { users: { key: 'users' }, calls: { key: 'calls' } },
      deps: ['raw'],
      timeout: '2h',
      materialize: () => ({ users: 1, calls: 2 }),
    })
  const raw = asset({ key: 'raw', materialize })
  const report = asset({ key: 'report', deps: ['calls'], materialize })

  it('is one step, which names what it makes; what is downstream of one of them comes after it', async () => {
    const made = await plan({ assets: [crm(false), raw, report] }, 'raw', 'users', 'calls', 'report')
    expect(made.steps).toEqual([
      { key: 'raw', asset: 'raw', after: [] },
      { key: 'crm', assets: ['users', 'calls'], after: [0], timeoutMs: 7_200_000 },
      { key: 'report', asset: 'report', after: [1] },
    ])
  })

  it('is made whole where one of it is asked for, unless it is subsettable', async () => {
    expect((await plan({ assets: [crm(false), raw, report] }, 'users')).steps[0]?.assets).toEqual(['users', 'calls'])
    expect((await plan({ assets: [crm(true), raw, report] }, 'users')).steps[0]?.assets).toEqual(['users'])
  })

  it('may leave out what is optional: it is told apart in what is downstream of it, and only there', async () => {
    const some = multiAsset({
      name: 'some',
      outputs: { always: { key: 'always' }, perhaps: { key: 'perhaps', optional: true } },
      materialize: (): { always: number; perhaps?: number } => ({ always: 1 }),
    })
    const behind = asset({ key: 'behind', deps: ['always', 'perhaps'], materialize })
    const sound = assetCheck({ name: 'sound', asset: some.assets.perhaps, blocking: true, check })
    const { steps } = await plan({ assets: [some, behind], assetChecks: [sound] }, 'always', 'perhaps', 'behind')
    const inputs = [{ from: [[0, 'perhaps']] }]
    expect(steps).toEqual([
      { key: 'some', assets: ['always', 'perhaps'], after: [] },
      { key: 'perhaps:sound', kind: 'check', asset: 'perhaps', check: 'sound', after: [0], inputs },
      { key: 'behind', asset: 'behind', after: [0, 1], inputs },
    ])
  })
})

describe('an external asset', () => {
  const feed = externalAsset({ key: 'feed' })
  const before = asset({ key: 'before', materialize })
  const through = asset({ key: 'through', deps: [feed], materialize })

  it('has no step; a run of nothing else is refused', async () => {
    expect(shown(await plan({ assets: [feed, through] }, 'feed', 'through'))).toEqual(['make through'])
    await expect(plan({ assets: [feed, through] }, 'feed')).rejects.toThrow(
      expect.objectContaining({ code: 'EMPTY_SELECTION', message: expect.stringContaining('feed is external') as string }),
    )
  })

  it('lets the order through', async () => {
    const fed = externalAsset({ key: 'feed', deps: [before] })
    expect(shown(await plan({ assets: [fed, through, before] }, 'before', 'feed', 'through'))).toEqual([
      'make before',
      'make through < before',
    ])
  })
})

it('an observable asset is looked at before what reads it', async () => {
  const rates = observableAsset({ key: 'rates', observe: () => 'v1', timeout: '1 minute' })
  const prices = asset({ key: 'prices', deps: [rates], materialize })
  expect((await plan({ assets: [prices, rates] }, 'prices', 'rates')).steps).toEqual([
    { key: 'rates', kind: 'observe', asset: 'rates', after: [], timeoutMs: 60_000 },
    { key: 'prices', asset: 'prices', after: [0] },
  ])
})

describe('a check', () => {
  const orders = asset({ key: 'orders', materialize })
  const users = asset({ key: 'users', materialize })
  const report = asset({ key: 'report', deps: [orders], materialize })
  const assets = [report, orders, users]
  const all = ['orders', 'users', 'report']

  it('comes after its asset, and after what else it reads; it is there whenever its asset is', async () => {
    const matches = assetCheck({ name: 'matches', asset: orders, inputs: { users }, timeout: '5m', check })
    const { steps } = await plan({ assets, assetChecks: [matches] }, ...all)
    const made = steps.find(({ key }) => key === 'orders:matches') as PlanStep
    expect(made).toMatchObject({ kind: 'check', asset: 'orders', check: 'matches', timeoutMs: 300_000 })
    expect(new Set(made.after.map((each) => steps[each]?.key))).toEqual(new Set(['orders', 'users']))
    expect(shown(await plan({ assets, assetChecks: [matches] }, 'orders'))).toEqual(['make orders', 'check orders:matches < orders'])
    expect(shown(await plan({ assets, assetChecks: [matches] }, 'report'))).toEqual(['make report'])
  })

  it('that blocks stands before what is downstream, also through assets outside the run; another does not', async () => {
    const far = asset({ key: 'far', deps: [report], materialize })
    const sound = assetCheck({ name: 'sound', asset: orders, blocking: true, check })
    const shape = assetCheck({ name: 'shape', asset: orders, check })
    expect(shown(await plan({ assets: [...assets, far], assetChecks: [shape, sound] }, 'orders', 'far'))).toEqual([
      'make orders',
      'check orders:sound < orders',
      'make far < orders:sound',
      'check orders:shape < orders',
    ])
  })

  it('comes after blocking checks of what it reads', async () => {
    const sound = assetCheck({ name: 'sound', asset: users, blocking: true, check })
    const matches = assetCheck({ name: 'matches', asset: orders, inputs: { users }, check })
    expect(shown(await plan({ assets, assetChecks: [matches, sound] }, 'orders', 'users'))).toContain(
      'check orders:matches < orders < users:sound',
    )
  })

  it('that its asset’s own step makes has no step', async () => {
    const own = asset({ key: 'own', checks: { sound: { blocking: true } }, materialize })
    const behind = asset({ key: 'behind', deps: [own], materialize })
    expect(shown(await plan({ assets: [own, behind] }, 'own', 'behind'))).toEqual(['make own', 'make behind < own'])
  })

  it('that needs what waits for it, which definitions() refuses, is refused here too rather than planned in a wrong order', async () => {
    const sound = assetCheck({ name: 'sound', asset: orders, blocking: true, check })
    const snapshot = await snapshotOf(definitions({ assets, assetChecks: [sound] }))
    const needing = (each: CheckSnapshot): CheckSnapshot => ({ ...each, upstreamKeys: ['report'] })
    const changed: Snapshot = {
      ...snapshot,
      assets: snapshot.assets.map((each): AssetSnapshot => ({ ...each, checks: each.checks.map(needing) })),
    }
    expect(() => planRun(changed, all)).toThrow(
      expect.objectContaining({ code: 'ASSET_CYCLE', message: expect.stringContaining('report → orders:sound → report') as string }),
    )
  })
})

describe('a graph asset', () => {
  const parts = op({ name: 'parts', run: () => [1, 2] })
  const read = op({ name: 'read', run: ({ rows }: { rows: number }) => rows })
  const double = op({ name: 'double', timeout: '1h', run: ({ value }: { value: number }) => value * 2 })
  const join = op({ name: 'join', run: ({ values }: { values: readonly number[] }) => values.length })
  const orders = asset({ key: 'orders', materialize })
  const users = asset({ key: 'users', materialize })
  const total = graphAsset({
    key: 'total',
    inputs: { orders },
    deps: [users],
    graph: ({ orders: rows }) =>
      join({
        values: [
          read({ rows }),
          join({
            values: parts()
              .map((value) => double({ value }))
              .collect(),
          }),
        ],
      }),
  })
  const report = asset({ key: 'report', deps: [total], materialize })
  const sound = assetCheck({ name: 'sound', asset: total, blocking: true, check })
  const all = ['orders', 'users', 'total', 'report']

  it('has a step for each node; the first ones come after what it needs, and what is downstream after the one that makes it', async () => {
    expect(shown(await plan({ assets: [report, total, orders, users], assetChecks: [sound] }, ...all))).toEqual([
      'make orders',
      'make users',
      'op total.read < orders < users',
      'op total.parts < orders < users',
      'op total.double < total.parts',
      'op total.join < total.double',
      'op total.join_2 < total.read < total.join',
      'check total:sound < total.join_2',
      'make report < total:sound',
    ])
  })

  it('says of each op what it is part of, what it is mapped over and on what it depends', async () => {
    const { steps } = await plan({ assets: [report, total, orders, users] }, 'total')
    expect(steps).toEqual([
      { key: 'total.read', kind: 'op', asset: 'total', op: 'read', after: [] },
      { key: 'total.parts', kind: 'op', asset: 'total', op: 'parts', after: [] },
      {
        key: 'total.double',
        kind: 'op',
        asset: 'total',
        op: 'double',
        after: [1],
        inputs: [{ from: [[1, 'result']] }],
        over: [[1, 'result']],
        timeoutMs: 3_600_000,
      },
      { key: 'total.join', kind: 'op', asset: 'total', op: 'join', after: [2], inputs: [{ from: [[2, 'result']] }] },
      {
        key: 'total.join_2',
        kind: 'op',
        asset: 'total',
        op: 'join_2',
        after: [0, 3],
        inputs: [
          {
            from: [
              [0, 'result'],
              [3, 'result'],
            ],
            fanIn: true,
          },
        ],
      },
    ])
  })

  it('with an asset in a list of wires is not skipped where the others are left out', async () => {
    const maybe = op({ name: 'maybe', outputs: { it: { optional: true } }, run: (): { it?: number } => ({}) })
    const sum = graphAsset({ key: 'sum', inputs: { orders }, graph: ({ orders: rows }) => join({ values: [rows, maybe().it] }) })
    const { steps } = await plan({ assets: [sum, orders] }, 'sum')
    expect(steps[1]?.inputs).toEqual([{ from: [[0, 'it']], fanIn: true, always: true }])
  })

  it('whose op may give nothing says so to what is downstream of it, of which a graph has no step then', async () => {
    const maybe = op({ name: 'maybe', outputs: { it: { optional: true } }, run: (): { it?: number } => ({}) })
    const perhaps = graphAsset({ key: 'perhaps', graph: () => maybe().it })
    const behind = graphAsset({ key: 'behind', inputs: { perhaps }, graph: ({ perhaps: rows }) => double({ value: read({ rows }) }) })
    const { steps } = await plan({ assets: [perhaps, behind] }, 'perhaps', 'behind')
    expect(steps.map(({ key, inputs }) => [key, inputs])).toEqual([
      ['perhaps.maybe', undefined],
      ['behind.read', [{ from: [[0, 'it']] }]],
      ['behind.double', [{ from: [[1, 'result']] }]],
    ])
  })
})

it('a job of ops has a step for each node, named by its path', async () => {
  const first = op({ name: 'first', run: () => 1 })
  const second = op({ name: 'second', run: ({ value }: { value: number }) => value })
  const nightly = job({ name: 'nightly', graph: () => void second({ value: first() }) })
  const snapshot = await snapshotOf(definitions({ jobs: [nightly] }))
  expect(planJob(snapshot, 'nightly').steps).toEqual([
    { key: 'first', kind: 'op', op: 'first', after: [] },
    { key: 'second', kind: 'op', op: 'second', after: [0], inputs: [{ from: [[0, 'result']] }] },
  ])
  expect(() => planJob(snapshot, 'daily')).toThrow(expect.objectContaining({ code: 'UNKNOWN_JOB' }))
})

describe('any definitions that are accepted', () => {
  it('have a plan for any selection, in which what must come first does', async () => {
    const random = numbersFrom(11)
    let count = 0
    for (let round = 0; round < 400; round += 1) {
      const snapshot = await accepted(randomOptions(random))
      if (snapshot === undefined) continue
      count += 1
      const keys = snapshot.assets.map(({ key }) => key).filter(() => random(4) > 0)
      const areExternal = snapshot.assets.every(({ key, origin }) => origin === 'external' || !keys.includes(key))
      if (!areExternal) expectOrder(snapshot, planRun(snapshot, keys))
    }
    expect(count).toBeGreaterThan(100)
  })
})

/** Undefined where `definitions()` refuses them because of a circle, and for nothing else. */
async function accepted(options: DefinitionsOptions): Promise<Snapshot | undefined> {
  try {
    return await snapshotOf(definitions(options))
  } catch (error) {
    const { findings } = (error as AssetryError).facts as { readonly findings: readonly Finding[] }
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['ASSET_CYCLE']))
    return undefined
  }
}

/** Assets, external ones, multi-assets and checks, blocking or not: of which each reads some of the assets before it, and a check of all. */
function randomOptions(random: (below: number) => number): DefinitionsOptions {
  const some = (below: number): readonly string[] =>
    Array.from({ length: below }, (_each, index) => `k${index}`).filter(() => random(5) === 0)
  const made = [0, 3, 6, 9].flatMap((index): readonly (AnyAsset | MultiAsset)[] => [
    index === 6 ? externalAsset({ key: 'k6', deps: some(6) }) : asset({ key: `k${index}`, deps: some(index), materialize }),
    multiAsset({
      name: `m${index}`,
      subsettable: random(2) === 0,
      outputs: { one: { key: `k${index + 1}` }, two: { key: `k${index + 2}` } },
      deps: some(index + 1),
      materialize: () => ({ one: 1, two: 2 }),
    }),
  ])
  const assetChecks = eachAsset(made)
    .filter(() => random(3) === 0)
    .map((each) =>
      assetCheck({ name: 'sound', asset: each, blocking: random(2) === 0, deps: some(12).filter((key) => key !== each.key), check }),
    )
  return { assets: made, assetChecks }
}

/** Each step comes, directly or not, after the steps of the assets that it needs, and after what they are blocked by. */
function expectOrder({ assets }: Snapshot, { steps }: RunPlan): void {
  const byKey = new Map(assets.map((each) => [each.key, each]))
  const closure = new Map<string, ReadonlySet<string>>()
  for (const { key, after } of steps) {
    const direct = after.map((each) => steps[each]?.key ?? '')
    expect(direct.every((each) => closure.has(each))).toBe(true)
    closure.set(key, new Set(direct.flatMap((each) => [each, ...(closure.get(each) ?? [])])))
  }
  const madeBy = new Map(
    steps.flatMap((step) =>
      step.kind === 'check' ? [] : [step.asset ?? '', ...(step.assets ?? [])].map((key) => [key, step.key] as const),
    ),
  )
  for (const step of steps) {
    const upstream =
      step.kind === 'check'
        ? checkUpstream(byKey, step)
        : [step.asset ?? '', ...(step.assets ?? [])].flatMap((key) => ancestors(byKey, key))
    for (const key of new Set(upstream)) {
      const checks = key === step.asset ? [] : (byKey.get(key)?.checks ?? []).filter(({ blocking }) => blocking)
      const first = [madeBy.get(key) ?? '', ...checks.map(({ name }) => `${key}:${name}`)].filter((each) => closure.has(each))
      expect([...(closure.get(step.key) ?? [])], `${step.key} after ${key}`).toEqual(expect.arrayContaining(first))
    }
  }
}

function checkUpstream(byKey: ReadonlyMap<string, AssetSnapshot>, { asset: checked = '', check: name }: PlanStep): readonly string[] {
  const spec = byKey.get(checked)?.checks.find((each) => each.name === name)
  return [checked, ...(spec?.upstreamKeys ?? []).flatMap((key) => [key, ...ancestors(byKey, key)])]
}

function ancestors(byKey: ReadonlyMap<string, AssetSnapshot>, key: string): readonly string[] {
  return (byKey.get(key)?.upstreamKeys ?? []).flatMap((each) => [each, ...ancestors(byKey, each)])
}

function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('large plans of every kind of step', () => {
  it('5,000 assets, each with a blocking check, have a list of positions each and no more', async () => {
    const assets = Array.from({ length: 5_000 }, (_each, index) =>
      asset({ key: `a${index}`, deps: index < 10 ? [] : Array.from({ length: 10 }, (_dep, back) => `a${index - 1 - back}`), materialize }),
    )
    const assetChecks = assets.map((each) => assetCheck({ name: 'sound', asset: each, blocking: true, check }))
    const { steps } = await plan({ assets, assetChecks }, ...assets.map(({ key }) => key))
    expect(steps).toHaveLength(10_000)
    expect(Math.max(...steps.map(({ after }) => after.length))).toBe(10)
    expect(steps.every(({ after }, position) => after.every((before) => before < position))).toBe(true)
  })
})
