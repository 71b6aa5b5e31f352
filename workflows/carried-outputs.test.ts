import { describe, expect, it } from 'vitest'
import type { PlanOutput, PlanStep, StepOutputs } from '../planning/run-plan.ts'
import type { GivenOutputs } from '../planning/run-progress.ts'
import { carriedOutputs, givenOutputs } from './carried-outputs.ts'

const result = (position: number): PlanOutput => [position, 'result']

/** lists → files (for each) → row (for each of each) */
const plan: readonly PlanStep[] = [
  { key: 'lists', after: [] },
  { key: 'files', after: [0], over: [result(0)] },
  { key: 'row', after: [1], over: [result(0), result(1)] },
]

function keys(count: number, prefix: string): StepOutputs {
  return { mapped: { result: Array.from({ length: count }, (_each, index) => `${prefix}${index}`) } }
}

const nothingToRead = (): Promise<never> => Promise.reject(new Error('read'))

describe('what steps gave', () => {
  it('goes to the next execution in short: numbers of keys for indexes', async () => {
    const given: readonly GivenOutputs[] = [
      [0, keys(3, '')],
      [1, { missing: ['other'], mapped: { result: ['a', 'b'], none: [] } }],
      [3, { missing: ['result'] }],
    ]
    const carried = carriedOutputs(given)
    expect(carried).toEqual([
      [0, { mapped: { result: 3 } }],
      [1, { missing: ['other'], mapped: { result: ['a', 'b'], none: 0 } }],
      [3, { missing: ['result'] }],
    ])
    expect(await givenOutputs(carried, plan, nothingToRead)).toEqual(given)
  })

  it('of 10,000 indexes and 10,000 lists in them stays below Temporal’s 2 MB', () => {
    const given: readonly GivenOutputs[] = [
      [0, keys(10_000, '')],
      ...Array.from({ length: 10_000 }, (_each, index): GivenOutputs => [index + 1, keys(10, 'a-rather-long-name-of-a-file-')]),
    ]
    expect(JSON.stringify(carriedOutputs(given)).length).toBeLessThan(500_000)
  })

  it('where it is too much, is read by the keys of the steps, outer lists before those within, a bounded amount at a time', async () => {
    const inner = Array.from({ length: 1_000 }, (_each, index): GivenOutputs => [index + 1, keys(50, `of-list-${index}-the-row-`)])
    const given: readonly GivenOutputs[] = [[0, keys(1_000, 'list-')], ...inner]
    const carried = carriedOutputs(given)
    expect(JSON.stringify(carried).length).toBeLessThan(20_000)

    const stored = new Map<string, StepOutputs>(
      given.map(([instance, outputs]) => [instance === 0 ? 'lists' : `files[list-${instance - 1}]`, outputs]),
    )
    const asked: (readonly string[])[] = []
    const read = (stepKeys: readonly string[]): Promise<readonly (StepOutputs | null)[]> => {
      asked.push(stepKeys)
      return Promise.resolve(stepKeys.map((key) => stored.get(key) ?? null))
    }
    expect(await givenOutputs(carried, plan, read)).toEqual(given)
    expect(asked[0]).toEqual(['lists'])
    expect(asked.flat()).toHaveLength(1_001)
    const sizes = asked.map((stepKeys) => JSON.stringify(stepKeys.map((key) => stored.get(key))).length)
    expect(Math.max(...sizes)).toBeLessThan(600_000)
    expect(Math.max(...asked.map((stepKeys) => stepKeys.length))).toBeLessThanOrEqual(500)
  })

  it('that is not recorded any more ends the run with the step in the message', async () => {
    await expect(givenOutputs([[0, 1_000]], plan, () => Promise.resolve([null]))).rejects.toThrow('What step "lists" gave is not recorded')
  })
})
