import { describe, expect, it } from 'vitest'
import type { PlanStep } from './run-plan.ts'
import { RunProgress } from './run-progress.ts'

const step = (key: string, ...after: number[]): PlanStep => ({ key, asset: key, after })
const diamond = [step('a'), step('b', 0), step('c', 0), step('d', 1, 2), step('e')]

function takeAll(progress: RunProgress): number[] {
  const taken: number[] = []
  for (let index = progress.take(); index !== undefined; index = progress.take()) taken.push(index)
  return taken
}

describe('RunProgress', () => {
  it('starts what waits for nothing, and the rest once all of its upstreams succeeded', () => {
    const progress = new RunProgress(diamond)
    expect(takeAll(progress)).toEqual([0, 4])
    progress.succeeded(0)
    expect(takeAll(progress)).toEqual([1, 2])
    progress.succeeded(2)
    expect(takeAll(progress)).toEqual([])
    progress.succeeded(1)
    expect(takeAll(progress)).toEqual([3])
  })

  it('skips just what depends on a failed step and names it', () => {
    const progress = new RunProgress(diamond)
    takeAll(progress)
    progress.succeeded(0)
    takeAll(progress)
    progress.failed(1)
    progress.succeeded(2)
    progress.succeeded(4)
    expect(takeAll(progress)).toEqual([])
    expect(progress.skipped()).toEqual([{ stepKey: 'd', assetKey: 'd', because: 'b', why: 'failed' }])
    expect(progress.counts).toEqual({ waiting: 0, running: 0, succeeded: 3, failed: 1, skipped: 1, omitted: 0 })
  })

  it('keeps a step skipped when another upstream of it succeeds later', () => {
    const progress = new RunProgress([step('a'), step('b'), step('c', 0, 1)])
    takeAll(progress)
    progress.failed(0)
    progress.succeeded(1)
    expect(takeAll(progress)).toEqual([])
  })

  it('goes on from a saved state, with running steps waiting again', () => {
    const before = new RunProgress(diamond)
    takeAll(before)
    before.succeeded(0)
    before.take()
    expect(before.save()).toBe('swwww')
    const after = new RunProgress(diamond, { states: before.save() })
    expect(takeAll(after)).toEqual([1, 2, 4])
  })

  it('knows from a saved state what was skipped, and why', () => {
    const before = new RunProgress(diamond)
    takeAll(before)
    before.failed(0)
    expect(before.skips.toSorted(([a], [b]) => a - b)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ])
    const after = new RunProgress(diamond, { states: before.save(), skips: before.skips })
    expect(after.skipped()).toEqual(['b', 'c', 'd'].map((stepKey) => ({ stepKey, assetKey: stepKey, because: 'a', why: 'failed' })))
    expect(after.failedKeys).toEqual(['a'])
  })

  it('goes through a chain of 5,000 steps', () => {
    const chain = Array.from({ length: 5_000 }, (_each, index) => step(`s${index}`, ...(index === 0 ? [] : [index - 1])))
    const progress = new RunProgress(chain)
    for (let index = progress.take(); index !== undefined; index = progress.take()) progress.succeeded(index)
    expect(progress.counts.succeeded).toBe(5_000)
    const failing = new RunProgress(chain)
    failing.take()
    failing.failed(0)
    expect(failing.counts.skipped).toBe(4_999)
  })
})
