import { expect, test } from 'vitest'
import { dynamicOutput } from '../definitions/dynamic-output.ts'
import { job } from '../definitions/job.ts'
import { op } from '../definitions/op.ts'
import { executeInProcess } from './execute-in-process.ts'

const listOf = (length: number): readonly unknown[] =>
  Array.from({ length }, (_each, index) => dynamicOutput(index, { mappingKey: `${index}`.padEnd(100, '.') }))

const show = op({ name: 'show', run: ({ value }: { value: unknown }) => value })

/** The error of a job whose op maps two lists of that many elements. */
async function errorOf(length: number): Promise<unknown> {
  const lists = op({ name: 'lists', outputs: { left: {}, right: {} }, run: () => ({ left: listOf(length), right: listOf(length) }) })
  const both = job({
    name: 'both',
    graph: () => {
      const { left, right } = lists()
      left.map((value) => show({ value }))
      right.map((value) => show({ value }))
    },
  })
  return await executeInProcess(both).then(
    () => undefined,
    (error: unknown) => error,
  )
}

test('the lists of one op are refused where their keys together are too much for the message that tells them', async () => {
  expect(await errorOf(3)).toBeUndefined()
  expect(await errorOf(8_000)).toMatchObject({
    code: 'MAPPING_INVALID',
    message: expect.stringMatching(/^The output "right" of op "lists" .* have 1648\d{3} characters, more than 1500000/) as unknown,
  })
})
