import { describe, expect, it } from 'vitest'
import { batched } from './batched.ts'

async function* numbers(end?: Error): AsyncGenerator<number, void> {
  yield 1
  yield 2
  if (end !== undefined) throw end
}

describe('batched', () => {
  it('gives together what comes together, and ends with it', async () => {
    const batches: (readonly number[])[] = []
    for await (const batch of batched(numbers(), 50)) batches.push(batch)
    expect(batches).toEqual([[1, 2]])
  })

  it('gives what had come before an error, and then the error', async () => {
    const batches = batched(numbers(new Error('gone')), 50)
    expect(await batches.next()).toEqual({ done: false, value: [1, 2] })
    await expect(batches.next()).rejects.toThrow('gone')
  })
})
