import { describe, expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { definitions } from '../definitions/definitions.ts'
import { planRun } from './plan-run.ts'
import type { RunPlan } from './run-plan.ts'
import type { Snapshot } from './snapshot.ts'
import { snapshotOf } from './snapshot-of.ts'

const materialize = () => 1

/** A snapshot of assets from lines such as `c: a b`. */
function snapshot(...lines: readonly string[]): Promise<Snapshot> {
  const assets = lines.map((line) => {
    const [key = '', upstream = ''] = line.split(':')
    return asset({ key, deps: upstream.split(' ').filter(Boolean), materialize })
  })
  return snapshotOf(definitions({ assets }))
}

const shown = (plan: RunPlan) => plan.steps.map((step) => `${step.key}(${step.after.join()})`).join(' ')

describe('the plan of a run', () => {
  test('has a step per asset, each after the positions of what it needs', async () => {
    const diamond = await snapshot('d: b c', 'b: a', 'c: a', 'a:')
    expect(planRun(diamond, ['d', 'c', 'b', 'a'])).toEqual({
      version: 1,
      steps: [
        { key: 'a', asset: 'a', after: [] },
        { key: 'b', asset: 'b', after: [0] },
        { key: 'c', asset: 'c', after: [0] },
        { key: 'd', asset: 'd', after: [1, 2] },
      ],
    })
  })

  test('leaves out what was not selected, and waits for nothing outside', async () => {
    const chain = await snapshot('a:', 'b: a', 'c: b')
    expect(shown(planRun(chain, ['c']))).toBe('c()')
    expect(shown(planRun(chain, ['b', 'c']))).toBe('b() c(0)')
  })

  test('keeps the order through assets that are not part of the run', async () => {
    const chain = await snapshot('a:', 'b: a', 'c: b', 'd: c', 'x:', 'e: d x')
    expect(shown(planRun(chain, ['a', 'c']))).toBe('a() c(0)')
    expect(shown(planRun(chain, ['a', 'd', 'e', 'x']))).toBe('a() d(0) x() e(1,2)')
  })

  test('waits through assets outside the run only for what no other step waits for already', async () => {
    // b stands between a and d on one way; u, which is not selected, lets a through on the other.
    const ways = await snapshot('a:', 'b: a', 'u: a', 'd: b u')
    expect(shown(planRun(ways, ['a', 'b', 'd']))).toBe('a() b(0) d(1)')
    expect(shown(planRun(ways, ['b', 'd']))).toBe('b() d(0)')
  })

  test('carries the times that an asset sets', async () => {
    const slow = asset({ key: 'slow', timeout: '2h', heartbeatTimeout: '5m', materialize })
    const plan = planRun(await snapshotOf(definitions({ assets: [slow] })), ['slow'])
    expect(plan.steps).toEqual([{ key: 'slow', asset: 'slow', after: [], timeoutMs: 7_200_000, heartbeatTimeoutMs: 300_000 }])
  })

  test('takes a key that comes twice once, and refuses one that is not there', async () => {
    const two = await snapshot('a:', 'b: a')
    expect(shown(planRun(two, ['a', 'a']))).toBe('a()')
    expect(() => planRun(two, ['a', 'gone', 'lost'])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_ASSET', facts: { unknown: ['gone', 'lost'] } }),
    )
  })

  test('is plain JSON', async () => {
    const plan = planRun(await snapshot('a:', 'b: a'), ['a', 'b'])
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })
})

describe('any graph and any selection', () => {
  test('give steps that wait, directly or not, for exactly the selected assets upstream of them', async () => {
    const random = numbersFrom(7)
    for (let round = 0; round < 150; round += 1) {
      const lines = Array.from({ length: 12 }, (_, index) => `k${index}:${upstreamOf(index, random)}`)
      const selected = lines.map((_, index) => `k${index}`).filter(() => random(2) === 0)
      const graph = await snapshot(...lines.toReversed())
      const plan = planRun(graph, selected)
      for (const [position, step] of plan.steps.entries()) {
        expect(step.after.every((before) => before < position)).toBe(true)
        expect(waitedFor(plan, position)).toEqual(needed(graph, step.asset ?? '').filter((key) => selected.includes(key)))
      }
    }
  })
})

describe('large plans', () => {
  test('a chain, a fan and wide layers outside the run stay within their bounds', async () => {
    const chain = Array.from({ length: 5_000 }, (_, index) => `c${index}:${index > 0 ? `c${index - 1}` : ''}`)
    const every = await snapshot(...chain)
    expect(
      planRun(
        every,
        every.assets.map((each) => each.key),
      ).steps.at(-1),
    ).toEqual({ key: 'c4999', asset: 'c4999', after: [4_998] })
    expect(shown(planRun(every, ['c0', 'c4999']))).toBe('c0() c4999(0)')

    const layer = (index: number) => Array.from({ length: 100 }, (_, position) => `l${index}_${position}`)
    const layers = Array.from({ length: 20 }, (_, index) =>
      layer(index).map((key) => `${key}:${index > 0 ? layer(index - 1).join(' ') : ''}`),
    )
    const wide = await snapshot(...layers.flat())
    const plan = planRun(wide, [...layer(0), ...layer(19)])
    expect(plan.steps.slice(100).every((step) => step.after.length === 100)).toBe(true)
    // Half of each layer outside the run: what stands two layers before is waited for already.
    const half = planRun(
      wide,
      wide.assets.flatMap((each, index) => (index % 2 === 0 ? [each.key] : [])),
    )
    expect(Math.max(...half.steps.map((step) => step.after.length))).toBe(50)
    // One list for the whole layer: 2,000 assets with 190,000 edges make a plan whose size in memory is that of its steps.
    expect(new Set(plan.steps.map((step) => step.after)).size).toBe(2)
  })
})

function upstreamOf(index: number, random: (below: number) => number): string {
  return Array.from({ length: index }, (_, other) => (random(4) === 0 ? ` k${other}` : '')).join('')
}

/** Everything upstream of an asset by the simplest means, sorted. */
function needed({ assets }: Snapshot, key: string): readonly string[] {
  const direct = assets.find((each) => each.key === key)?.upstreamKeys ?? []
  return [...new Set(direct.flatMap((each) => [each, ...needed({ version: 1, assets, jobs: [], resources: [] }, each)]))].sort()
}

function waitedFor(plan: RunPlan, position: number): readonly string[] {
  const after = plan.steps[position]?.after ?? []
  return [...new Set(after.flatMap((each) => [plan.steps[each]?.key ?? '', ...waitedFor(plan, each)]))].sort()
}

/** The same numbers each time (a linear congruential generator), so that what fails once fails again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
