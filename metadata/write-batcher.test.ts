import { expect, test } from 'vitest'
import { AssetryError } from '../definitions/errors.ts'
import { WriteBatcher } from './write-batcher.ts'

test('items of one moment are written together, items that come meanwhile after them, each run by itself', async () => {
  const statements: string[] = []
  let letGo = (): void => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const batcher = new WriteBatcher<string, string>(async (runId, items) => {
    statements.push(`${runId} ${items}`)
    if (statements.length === 1) await held
    return JSON.parse(items) as string[]
  })
  const first = [batcher.add('run', 'a'), batcher.add('run', 'b')]
  await new Promise((resolve) => setImmediate(resolve))
  const later = [batcher.add('run', 'c'), batcher.add('run', 'd'), batcher.add('other', 'e')]
  await later[2]
  letGo()
  expect(await Promise.all([...first, ...later])).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(statements).toEqual(['run ["a","b"]', 'other ["e"]', 'run ["c","d"]'])
})

test('an item that can’t be written fails alone', async () => {
  const batcher = new WriteBatcher<string, string>((_runId, items) =>
    items.includes('bad') ? Promise.reject(new Error(`refused ${items}`)) : Promise.resolve(JSON.parse(items) as string[]),
  )
  const answers = await Promise.allSettled(['a', 'bad', 'b'].map((item) => batcher.add('run', item)))
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('what holds for the whole run fails all its items at once', async () => {
  let statements = 0
  const batcher = new WriteBatcher<string, string>(() => {
    statements += 1
    return Promise.reject(new AssetryError('STORE_UNREACHABLE', 'away'))
  })
  const answers = await Promise.allSettled(['a', 'b', 'c'].map((item) => batcher.add('run', item)))
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(statements).toBe(1)
})

test('a large batch is cut in pieces', async () => {
  const sizes: number[] = []
  const batcher = new WriteBatcher<string, string>((_runId, items) => {
    const parsed = JSON.parse(items) as string[]
    sizes.push(parsed.length)
    return Promise.resolve(parsed)
  })
  await Promise.all(Array.from({ length: 1200 }, (_, index) => batcher.add('many', String(index))))
  await Promise.all(Array.from({ length: 4 }, () => batcher.add('large', 'x'.repeat(900_000))))
  await batcher.add('huge', 'x'.repeat(3_000_000))
  expect(sizes).toEqual([500, 500, 200, 2, 2, 1])
})
