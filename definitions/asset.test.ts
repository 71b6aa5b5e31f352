import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asset, type AssetOptions, isAsset } from './asset.ts'
import { input } from './input.ts'
import { ioManager } from './io-manager.ts'
import { multiAsset } from './multi-asset.ts'
import { output } from './output.ts'
import { resource } from './resource.ts'

const materialize = () => 1
const rawOrders = asset({ key: 'raw/orders', materialize })
const pair = multiAsset({
  name: 'pair',
  outputs: { one: { key: 'one' }, other: { key: 'other' } },
  materialize: () => ({ one: 1, other: 2 }),
})
type AnyOptions = Partial<AssetOptions<{}, never, {}, unknown>>

/** Declares an asset with options that the types would refuse. */
const declared = (options: Record<string, unknown>) => () => asset({ key: 'orders', materialize, ...(options as AnyOptions) })

describe('an asset', () => {
  test('has what was declared, and defaults for the rest', () => {
    expect(rawOrders).toMatchObject({
      key: 'raw/orders',
      group: 'default',
      description: undefined,
      owners: [],
      tags: {},
      kinds: [],
      metadata: {},
      codeVersion: undefined,
      inputs: {},
      upstreamKeys: [],
      config: undefined,
      resources: {},
      ioManager: undefined,
      retries: undefined,
      timeoutMs: undefined,
      heartbeatTimeoutMs: undefined,
      origin: { kind: 'function' },
      checks: [],
    })
    expect(isAsset(rawOrders)).toBe(true)
  })

  test('turns durations into milliseconds, and metadata into what is stored', () => {
    const orders = asset({
      key: 'orders',
      timeout: '5 minutes',
      heartbeatTimeout: '2s',
      retries: { max: 2, delay: '1s' },
      metadata: { source: new URL('https://example.com/orders') },
      materialize,
    })
    expect(orders).toMatchObject({
      timeoutMs: 300_000,
      heartbeatTimeoutMs: 2_000,
      retries: { max: 2, delayMs: 1_000, backoff: 'exponential', jitter: false },
      metadata: { source: { type: 'url', value: 'https://example.com/orders' } },
    })
  })

  test('has the checks that it declares, in their order', () => {
    const orders = asset({ key: 'orders', checks: { no_nulls: { blocking: true }, few: { description: 'ten at most' } }, materialize })
    expect(orders.checks).toEqual([
      { name: 'no_nulls', description: undefined, blocking: true },
      { name: 'few', description: 'ten at most', blocking: false },
    ])
  })

  test('names each upstream asset once, inputs first', () => {
    const other = asset({ key: 'other', materialize })
    const orders = asset({
      key: 'orders',
      inputs: { a: rawOrders, b: input(rawOrders) },
      deps: [other, 'raw/orders', 'elsewhere'],
      materialize,
    })
    expect(orders.upstreamKeys).toEqual(['raw/orders', 'other', 'elsewhere'])
    expect(Object.keys(orders.inputs)).toEqual(['a', 'b'])
  })

  test('is not changed by what happens later to the options', () => {
    const tags = { team: 'data' }
    const orders = asset({ key: 'orders', tags, materialize })
    tags.team = 'other'
    expect(orders.tags).toEqual({ team: 'data' })
  })
})

describe('options that are wrong', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['no key', { key: '' }, '"" can\'t be an asset key: it is empty'],
    ['a key that leaves its folder', { key: '../secrets' }, 'its part ".." has a character that is not allowed'],
    ['a group with a space', { group: 'my reports' }, 'asset "orders": group is "my reports"'],
    ['a group with an empty level', { group: 'a//b' }, 'group is "a//b"'],
    ['an owner that is neither address nor team', { owners: ['ann'] }, 'owner "ann" is neither an e-mail address nor "team:name"'],
    ['a tag key with a space', { tags: { 'my key': 'x' } }, 'tag key "my key" is not'],
    ['a tag that is a number', { tags: { rank: 1 } }, 'tag "rank" is 1, which is not a string'],
    ['eleven kinds', { kinds: Array.from({ length: 11 }, (_, index) => `k${index}`) }, 'has 11 kinds; ten are the most'],
    ['metadata that is no JSON', { metadata: { made: () => 1 } }, 'asset "orders": metadata "made" is a function'],
    ['an input that is undefined', { inputs: { rawOrders: undefined } }, 'input "rawOrders" is not an asset. A module that imports itself'],
    ['a dep that is undefined', { deps: [undefined] }, 'one of its deps is neither an asset nor a key'],
    ['a dep that is no key', { deps: ['raw orders'] }, '"raw orders" can\'t be an asset key'],
    ['a resource that is a client', { resources: { db: {} } }, 'resource "db" was not made by resource()'],
    ['an IO manager that is just an object', { ioManager: { save: 1 } }, 'ioManager was not made by ioManager()'],
    ['a timeout that is no duration', { timeout: 'soon' }, 'asset "orders": timeout is "soon", which is not a duration'],
    ['a timeout of nothing', { timeout: 0 }, 'timeout is 0, which is not a duration of at least 1 ms'],
    ['a heartbeat timeout below a second', { heartbeatTimeout: 10 }, 'heartbeatTimeout is 10, which is not a duration of at least 1000 ms'],
    ['half a retry', { retries: { max: 1.5 } }, 'asset "orders": retries.max is 1.5'],
    ['a check with a name that names can not have', { checks: { 'no nulls': {} } }, '"no nulls" can\'t name a check'],
    ['a check that is no object', { checks: { no_nulls: true } }, 'asset "orders": check "no_nulls" is true, not an object of options'],
    ['several assets as an input', { inputs: { pair } }, 'input "pair" is not an asset. Of a multi-asset name one of its assets'],
    ['several assets as a dep', { deps: [pair] }, 'Of a multi-asset name one of its assets, such as multi.assets.users'],
    ['nothing to call', { materialize: undefined }, 'asset "orders": materialize is undefined, not a function'],
  ]
  test.each(wrong)('%s', (_name, options, part) => {
    expect(declared(options)).toThrow(part)
  })
})

describe('calling an asset directly', () => {
  const scored = asset({
    key: 'scored',
    inputs: { rawOrders },
    config: z.object({ factor: z.number() }),
    resources: { clock: resource({ name: 'clock', create: () => ({ now: (): number => 7 }) }) },
    ioManager: ioManager({ name: 'none', save: materialize, load: materialize }),
    materialize: ({ rawOrders }, context) => output(rawOrders * context.config.factor, { metadata: { rows: 1 } }),
  })

  test('returns what the function returns, unopened', () => {
    const context = { config: { factor: 3 } } as Parameters<typeof scored.materialize>[1]
    expect(scored.materialize({ rawOrders: 2 }, context)).toMatchObject({ value: 6, metadata: { rows: 1 } })
  })

  test('without a context says what was read from it', () => {
    expect(() => scored.materialize({ rawOrders: 2 })).toThrow(
      expect.objectContaining({
        code: 'CONTEXT_REQUIRED',
        message: expect.stringContaining('Asset "scored" reads "config" from its context'),
      }),
    )
  })

  test('needs no context where the function uses none', () => {
    expect(rawOrders.materialize({})).toBe(1)
  })
})
