import { describe, expect, it } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { output } from '../definitions/output.ts'
import { memoryIOManager } from '../io/memory.ts'
import { materialize } from './materialize.ts'

describe('what a step stores', () => {
  it('is the nothing that a function returned, where another asset reads it: never the value before', async () => {
    const ioManager = memoryIOManager()
    const maybe = (value: number[] | undefined) => asset({ key: 'maybe', materialize: () => value })
    const readerOf = (upstream: ReturnType<typeof maybe>) =>
      asset({ key: 'reader', inputs: { upstream }, materialize: ({ upstream }) => upstream?.length ?? 'nothing' })
    for (const [value, read] of [
      [[1, 2, 3], 3],
      [undefined, 'nothing'],
    ] as const) {
      const upstream = maybe(value?.slice())
      const reader = readerOf(upstream)
      expect((await materialize([upstream, reader], { ioManager })).outputFor(reader)).toBe(read)
    }
  })

  it('is left as it was by a function that returns nothing and that nobody reads', async () => {
    const ioManager = memoryIOManager()
    await materialize([asset({ key: 'report', materialize: () => 'first' })], { ioManager })
    await materialize([asset({ key: 'report', materialize: () => undefined })], { ioManager })
    const report = asset({ key: 'report', materialize: () => 'never' })
    const reader = asset({ key: 'reader', inputs: { report }, materialize: ({ report }) => report })
    expect((await materialize([report, reader], { ioManager, selection: 'reader' })).outputFor(reader)).toBe('first')
  })

  it('is nothing where its metadata is refused', async () => {
    const ioManager = memoryIOManager()
    const large = asset({ key: 'large', materialize: () => output('new', { metadata: { text: 'x'.repeat(600_000) } }) })
    await expect(materialize([large], { ioManager })).rejects.toMatchObject({ code: 'METADATA_INVALID' })
    const reader = asset({ key: 'reader', inputs: { large }, materialize: ({ large }) => large })
    await expect(materialize([large, reader], { ioManager, selection: 'reader' })).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
  })
})
