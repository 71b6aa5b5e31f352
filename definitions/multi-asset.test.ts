import { describe, expect, test } from 'vitest'
import { asset, isAsset } from './asset.ts'
import { ioManager } from './io-manager.ts'
import { eachAsset, isMultiAsset, multiAsset } from './multi-asset.ts'
import type { MultiAssetContext } from './multi-asset-context.ts'
import { output } from './output.ts'
import { resource } from './resource.ts'

const source = asset({ key: 'source', materialize: () => [1, 2] })
const files = ioManager({ name: 'files', save: () => {}, load: () => 1 })
const clock = resource({ name: 'clock', create: () => 7 })
const outputs = { users: { key: 'raw/users' }, orders: { key: 'raw/orders' } } as const
const materialize = () => ({ users: 1, orders: 2 })

/** Declares a multi-asset with options that the types would refuse. */
const declared = (options: Record<string, unknown>) => () =>
  multiAsset({ name: 'crm', outputs, materialize, ...(options as { readonly group?: string }) })

describe('a multi-asset', () => {
  const crm = multiAsset({
    name: 'crm',
    group: 'crm',
    outputs: {
      users: { key: 'raw/users', description: 'People', codeVersion: '2', ioManager: files, checks: { some: { blocking: true } } },
      orders: {
        key: 'raw/orders',
        optional: true,
        group: 'shop',
        owners: ['team:data'],
        tags: { tier: 'gold' },
        kinds: ['csv'],
        metadata: { a: 1 },
      },
    },
    subsettable: true,
    inputs: { source },
    deps: ['elsewhere'],
    resources: { clock },
    retries: { max: 1 },
    timeout: '1 minute',
    materialize,
  })

  test('has an asset for each output, with what that one declares', () => {
    expect(isMultiAsset(crm)).toBe(true)
    expect(isAsset(crm.assets.users)).toBe(true)
    expect(crm.assets.users).toMatchObject({
      key: 'raw/users',
      group: 'crm',
      description: 'People',
      codeVersion: '2',
      ioManager: files,
      checks: [{ name: 'some', description: undefined, blocking: true }],
    })
    expect(crm.assets.orders).toMatchObject({
      key: 'raw/orders',
      group: 'shop',
      owners: ['team:data'],
      tags: { tier: 'gold' },
      kinds: ['csv'],
      metadata: { a: { type: 'int', value: 1 } },
      checks: [],
    })
  })

  test('has one step, which its assets share, and how it is run', () => {
    const { users, orders } = crm.assets
    if (users.origin.kind !== 'multi-asset' || orders.origin.kind !== 'multi-asset') throw new Error('of another origin')
    expect(users.origin.step).toBe(orders.origin.step)
    expect([users.origin.output, orders.origin.output]).toEqual(['users', 'orders'])
    expect(users.origin.step).toMatchObject({
      name: 'crm',
      subsettable: true,
      outputs: { users: { key: 'raw/users', optional: false }, orders: { key: 'raw/orders', optional: true } },
    })
    for (const each of [users, orders]) {
      expect(each).toMatchObject({
        upstreamKeys: ['source', 'elsewhere'],
        inputs: { source: { asset: source } },
        resources: { clock },
        retries: { max: 1 },
        timeoutMs: 60_000,
      })
    }
  })

  test('is one group, not subsettable, with no output optional unless it says so', () => {
    const { users } = multiAsset({ name: 'crm', outputs, materialize }).assets
    expect(users.group).toBe('default')
    expect(users.origin).toMatchObject({ step: { subsettable: false, outputs: { users: { optional: false } } } })
  })

  test('stands in a list for each of its assets', () => {
    expect(eachAsset([source, crm])).toEqual([source, crm.assets.users, crm.assets.orders])
  })
})

describe('options that are wrong', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['a name that names can not have', { name: 'my crm' }, '"my crm" can\'t name a multi-asset'],
    ['no outputs', { outputs: {} }, 'multi-asset "crm": outputs is empty'],
    ['outputs that are none', { outputs: undefined }, 'multi-asset "crm": outputs is undefined, not an object'],
    ['an output with a name that names can not have', { outputs: { 'all users': { key: 'u' } } }, '"all users" can\'t name an output'],
    ['an output without a key', { outputs: { users: {} } }, "undefined can't be an asset key"],
    ['two outputs of one key', { outputs: { a: { key: 'u' }, b: { key: 'u' } } }, 'its outputs "a" and "b" both have the key "u"'],
    ['an output with half a group', { outputs: { users: { key: 'u', group: 'a/' } } }, 'asset "u": group is "a/"'],
    ['a group for all that is none', { group: 'my group' }, 'group is "my group"'],
    ['an IO manager that is just an object', { outputs: { u: { key: 'u', ioManager: {} } } }, 'asset "u": ioManager was not made by'],
    ['an input that is undefined', { inputs: { source: undefined } }, 'multi-asset "crm": input "source" is not an asset'],
    ['nothing to call', { materialize: undefined }, 'multi-asset "crm": materialize is undefined, not a function'],
  ]
  test.each(wrong)('%s', (_name, options, part) => {
    expect(declared(options)).toThrow(part)
  })
})

describe('calling a multi-asset directly', () => {
  const crm = multiAsset({
    name: 'crm',
    outputs,
    inputs: { source },
    materialize: ({ source }, { selectedOutputs }) => ({ users: output(source.length), orders: selectedOutputs }),
  })

  test('returns what the function returns, unopened', () => {
    const context = { selectedOutputs: ['users'] } as unknown as MultiAssetContext<undefined, {}, 'users' | 'orders'>
    expect(crm.materialize({ source: [1] }, context)).toMatchObject({ users: { value: 1 }, orders: ['users'] })
  })

  test('without a context says what was read from it', () => {
    expect(() => crm.materialize({ source: [1] })).toThrow(
      expect.objectContaining({
        code: 'CONTEXT_REQUIRED',
        message: expect.stringContaining('The multi-asset "crm" reads "selectedOutputs" from its context'),
      }),
    )
  })

  test('is not calling one of its assets', () => {
    const call: () => unknown = crm.assets.users.materialize
    expect(call).toThrow(
      expect.objectContaining({
        code: 'NOT_MATERIALIZABLE',
        message: 'Asset "raw/users" is made by the multi-asset "crm", so it has no function of its own to call.',
      }),
    )
  })
})
