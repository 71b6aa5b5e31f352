import { describe, expect, test } from 'vitest'
import { dynamicOutput } from '../definitions/dynamic-output.ts'
import { graph } from '../definitions/graph.ts'
import { job } from '../definitions/job.ts'
import { op } from '../definitions/op.ts'
import type { Wire } from '../definitions/wire.ts'
import { executeInProcess } from './execute-in-process.ts'

const list = op({ name: 'list', run: () => [1, 2, 3] })
const letters = op({ name: 'letters', run: () => ['a', 'b'].map((letter) => dynamicOutput(letter, { mappingKey: letter })) })
const lists = op({ name: 'lists', run: () => [[1], [], [2, 3]] })
const double = op({ name: 'double', run: ({ n }: { n: number }) => n * 2 })
const label = op({ name: 'label', run: ({ n, letter }: { n: number; letter: string }) => `${letter}${n}` })
const sum = op({ name: 'sum', run: ({ all }: { all: readonly number[] }) => all.reduce((total, n) => total + n, 0) })
const show = op({ name: 'show', run: ({ value }: { value: unknown }) => value })

/** What the last op of a body gets, shown. */
async function shown(body: () => Wire): Promise<unknown> {
  const result = await executeInProcess(job({ name: 'j', graph: () => show({ value: body() }) }))
  expect(result).toMatchObject({ success: true, skipped: [] })
  return result.outputFor('show')
}

describe('what is passed on so that it can be mapped or collected, in a run', () => {
  test('a list in a list is mapped, and its results are collected twice', async () => {
    expect(
      await shown(() =>
        lists()
          .map((each) => each.map((n) => double({ n })).collect())
          .collect(),
      ),
    ).toEqual([[2], [], [4, 6]])
  })

  test('a collected list is mapped again', async () => {
    const twice = () =>
      list()
        .map((n) => double({ n }))
        .collect()
        .map((n) => double({ n }))
        .collect()
    expect(await shown(twice)).toEqual([4, 8, 12])
  })

  test('a list from around a map is mapped in it: each with each', async () => {
    const product = () => {
      const numbers = list()
      return letters()
        .map((letter) => numbers.map((n) => label({ n, letter })).collect())
        .collect()
    }
    expect(await shown(product)).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
    ])
  })

  test('a collected list is used whole in a map over its own list', async () => {
    const shares = () => {
      const numbers = list()
      const all = numbers.map((n) => double({ n })).collect()
      return numbers.map(() => sum({ all })).collect()
    }
    expect(await shown(shares)).toEqual([12, 12, 12])
  })

  test('elements and wires from around are collected as they are', async () => {
    expect(
      await shown(() =>
        letters()
          .map((letter) => letter)
          .collect(),
      ),
    ).toEqual(['a', 'b'])
    const total = () => {
      const all = sum({ all: list() })
      return letters()
        .map(() => all)
        .collect()
    }
    expect(await shown(total)).toEqual([6, 6])
  })
})

describe('what comes after a whole map, in a run', () => {
  test('waits for the maps within it too, and so do the maps of a nested graph over the same list', async () => {
    const order: string[] = []
    const note = op({ name: 'note', run: ({ text, n }: { text: string; n: number }) => void order.push(`${text}${n}`) })
    const [first, second, third] = ['first', 'second', 'third'].map((text) => op({ name: text, run: () => text }))
    const noted = graph({
      name: 'noted',
      graph: ({ text, numbers }: { text: Wire<string>; numbers: Wire<number[]> }) => numbers.map((n) => note({ text, n })),
    })
    const { success } = await executeInProcess(
      job({
        name: 'j',
        graph: () => {
          const numbers = list()
          const text = { first: first!(), second: second!(), third: third!() }
          const nested = lists().map((each) => {
            each.map((n) => note({ text: text.first, n: double({ n: double({ n }) }) }))
          })
          const after = noted({ text: text.second, numbers }, { after: nested })
          note({ text: text.third, n: sum({ all: numbers }) }, { after })
        },
      }),
    )
    expect(success).toBe(true)
    expect([order.slice(0, 3).sort(), order.slice(3, 6).sort(), order.slice(6)]).toEqual([
      ['first12', 'first4', 'first8'],
      ['second1', 'second2', 'second3'],
      ['third6'],
    ])
  })
})

describe('the output of a step that there was not', () => {
  test('is refused with the steps that there were', async () => {
    const result = await executeInProcess(job({ name: 'j', graph: () => list().map((n) => double({ n })) as never }))
    expect(() => result.outputFor('duoble')).toThrow(
      'Op "duoble" is not among the steps that this run did. Done: list, double[0], double[1], double[2].',
    )
  })
})

describe('a list that is mapped', () => {
  test('is refused by the name of its op where it is none, and where a key is there twice', async () => {
    const one = op({ name: 'one', run: () => 1 as unknown as number[] })
    const twice = op({ name: 'twice', run: () => [1, 2].map((n) => dynamicOutput(n, { mappingKey: 'same' })) })
    const mapping = (source: typeof one | typeof twice) =>
      executeInProcess(job({ name: 'j', graph: () => (source as typeof one)().map((n) => double({ n })) as never }))
    await expect(mapping(one)).rejects.toThrow('What op "one" returned is mapped over and is number, not an array.')
    await expect(mapping(twice)).rejects.toThrow('What op "twice" returned is mapped over and has the mapping key "same" twice.')
  })
})
