import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ConfigSchema } from '../definitions/config.ts'
import { checkConfig } from './schema-check.ts'

async function messagesOf(schema: ConfigSchema, value: unknown): Promise<readonly string[]> {
  const checked = await checkConfig(schema, value, 'assets.orders')
  return 'findings' in checked ? checked.findings.map((each) => each.message) : []
}

const source = z.object({ url: z.string(), tries: z.number().optional() })

describe('a field that the schema does not have', () => {
  test('is refused at its path, with the nearest one', async () => {
    const checked = await checkConfig(z.object({ limit: z.number().default(3) }), { limt: 5 }, 'assets.orders')
    expect(checked).toEqual({
      findings: [
        {
          code: 'CONFIG_INVALID',
          path: 'assets.orders.limt',
          message: 'assets.orders.limt: is no field of this config. Did you mean "limit"?',
        },
      ],
    })
  })

  test('is refused in objects, arrays, records and references below', async () => {
    const tree = z.object({
      name: z.string(),
      get kids() {
        return z.array(tree).optional()
      },
    })
    const schema = z.object({ one: source, many: z.array(source), named: z.record(z.string(), source), tree })
    const wrong = { url: 'u', tris: 1 }
    const value = { one: wrong, many: [{ url: 'u' }, wrong], named: { a: wrong }, tree: { name: 'a', kids: [{ name: 'b', kid: [] }] } }
    expect(await messagesOf(schema, value)).toEqual([
      'assets.orders.one.tris: is no field of this config. Did you mean "tries"?',
      'assets.orders.many[1].tris: is no field of this config. Did you mean "tries"?',
      'assets.orders.named.a.tris: is no field of this config. Did you mean "tries"?',
      'assets.orders.tree.kids[0].kid: is no field of this config. Did you mean "kids"?',
    ])
  })

  test('is told beside what else is wrong, and once where the schema refuses it too', async () => {
    const limits = { limit: z.number() }
    expect(await messagesOf(z.object(limits), { limt: 5 })).toEqual([
      'assets.orders.limt: is no field of this config. Did you mean "limit"?',
      expect.stringContaining('assets.orders.limit: Invalid input'),
    ])
    expect(await messagesOf(z.strictObject(limits), { limit: 5, zebra: 1 })).toEqual([
      'assets.orders.zebra: is no field of this config. The fields are "limit".',
    ])
  })

  test('is accepted where the schema allows it, or may', async () => {
    const loose = z.looseObject({ limit: z.number() })
    const either = z.union([source, z.object({ file: z.string() })])
    const renaming = z.preprocess((given) => ({ limit: (given as { max?: number }).max }), z.object({ limit: z.number().optional() }))
    expect(await checkConfig(loose, { limit: 1, more: 2 }, 'p')).toEqual({ value: { limit: 1, more: 2 } })
    expect(await messagesOf(either, { file: 'f', more: 1 })).toEqual([])
    expect(await messagesOf(z.intersection(source, either), { url: 'u', file: 'f', more: 1 })).toEqual([])
    expect(await messagesOf(z.record(z.string(), z.number()), { anything: 1 })).toEqual([])
    expect(await checkConfig(renaming, { max: 5 }, 'p')).toEqual({ value: { limit: 5 } })
  })

  test('is not looked for where the schema can not be written down, or in an object that is no plain one', async () => {
    expect(await messagesOf(z.object({ at: z.date() }), { at: new Date(0), more: 1 })).toEqual([])
    expect(await messagesOf(z.object({ client: z.any() }), { client: new Map() })).toEqual([])
  })
})

test('config that is left out is tried as nothing and as an empty object', async () => {
  expect(await checkConfig(z.object({ limit: z.number().default(3) }), undefined, 'p')).toEqual({ value: { limit: 3 } })
  expect(await checkConfig(z.undefined(), undefined, 'p')).toEqual({ value: undefined })
})
