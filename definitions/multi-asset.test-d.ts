import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type AnyAsset, asset, type OutputOf } from './asset.ts'
import { definitions } from './definitions.ts'
import { multiAsset } from './multi-asset.ts'
import { output } from './output.ts'
import { resource } from './resource.ts'

interface User {
  name: string
}

const source = asset({ key: 'source', materialize: (): User[] => [] })
const clock = resource({ name: 'clock', create: () => ({ now: (): number => 7 }) })
const outputs = { users: { key: 'raw/users' }, orders: { key: 'raw/orders' } } as const
const optional = { users: { key: 'raw/users' }, orders: { key: 'raw/orders', optional: true } } as const

describe('the assets of a multi-asset', () => {
  test('have the key that was written, and the type of what is returned under their name', () => {
    const multi = multiAsset({
      name: 'm',
      outputs: { users: { key: 'raw/users' }, orders: { key: 'raw/orders' }, counts: { key: 'counts' }, audit: { key: 'audit' } },
      materialize: () => ({
        users: [{ name: 'Ann' }],
        orders: output([1, 2], { metadata: { rows: 2 } }),
        counts: Promise.resolve(output(7)),
        audit: undefined,
      }),
    })
    expectTypeOf<OutputOf<typeof multi.assets.users>>().toEqualTypeOf<User[]>()
    expectTypeOf<OutputOf<typeof multi.assets.orders>>().toEqualTypeOf<number[]>()
    expectTypeOf<OutputOf<typeof multi.assets.counts>>().toEqualTypeOf<number>()
    expectTypeOf<OutputOf<typeof multi.assets.audit>>().toEqualTypeOf<undefined>()
    expectTypeOf(multi.assets.orders.key).toEqualTypeOf<'raw/orders'>()
    // @ts-expect-error no such output
    expectTypeOf(multi.assets.others)
  })

  test('have it also where the function is asynchronous, and where branches differ', () => {
    const multi = multiAsset({
      name: 'm',
      outputs: optional,
      inputs: { source },
      materialize: async ({ source }) => {
        const users = await Promise.resolve(source)
        return users.length > 1 ? { users, orders: output('many') } : { users: output(users) }
      },
    })
    expectTypeOf<OutputOf<typeof multi.assets.users>>().toEqualTypeOf<User[]>()
    expectTypeOf<OutputOf<typeof multi.assets.orders>>().toEqualTypeOf<string>()
  })

  test('are without what stands for "left out" where they may be left out', () => {
    const multi = multiAsset({
      name: 'm',
      outputs: optional,
      inputs: { source },
      materialize: ({ source }) => ({ users: source, orders: source.length > 1 ? 7 : undefined }),
    })
    expectTypeOf<OutputOf<typeof multi.assets.orders>>().toEqualTypeOf<number>()
  })

  test('are inputs and deps of others, and assets of definitions', () => {
    const multi = multiAsset({ name: 'm', outputs, materialize: () => ({ users: [{ name: 'Ann' }], orders: [1] }) })
    const report = asset({
      key: 'report',
      inputs: { users: multi.assets.users },
      deps: [multi.assets.orders],
      materialize: ({ users }) => users.map(({ name }) => name),
    })
    definitions({ assets: [multi, report] })
    expectTypeOf(multi.assets.users).toExtend<AnyAsset>()
    // @ts-expect-error several assets are no input
    asset({ key: 'x', inputs: { multi }, materialize: () => 1 })
    // @ts-expect-error several assets are no dep
    asset({ key: 'x', deps: [multi], materialize: () => 1 })
  })

  test('have no function of their own', () => {
    const multi = multiAsset({ name: 'm', outputs, materialize: () => ({ users: 1, orders: 2 }) })
    // @ts-expect-error the multi-asset makes it
    multi.assets.users.materialize({})
  })
})

describe('what a multi-asset returns', () => {
  test('is every output, but those that are optional', () => {
    multiAsset({ name: 'm', outputs: optional, materialize: () => ({ users: 1 }) })
    // @ts-expect-error orders are missing
    multiAsset({ name: 'm', outputs, materialize: () => ({ users: 1 }) })
    // @ts-expect-error orders are missing, later
    multiAsset({ name: 'm', outputs, materialize: async () => ({ users: 1 }) })
    // @ts-expect-error users are not optional
    multiAsset({ name: 'm', outputs: optional, materialize: () => ({ orders: 1 }) })
    multiAsset({
      name: 'm',
      outputs,
      inputs: { source },
      // @ts-expect-error on one branch orders are missing
      materialize: ({ source }) => (source.length > 1 ? { users: 1, orders: 2 } : { users: 1 }),
    })
    // @ts-expect-error nothing
    multiAsset({ name: 'm', outputs, materialize: () => {} })
    // @ts-expect-error a list
    multiAsset({ name: 'm', outputs, materialize: () => [1, 2] })
  })

  test('is nothing that is not declared', () => {
    // @ts-expect-error no such output
    multiAsset({ name: 'm', outputs, materialize: () => ({ users: 1, orders: 2, others: 3 }) })
    // @ts-expect-error no such output, later
    multiAsset({ name: 'm', outputs, materialize: async () => ({ users: 1, orders: 2, others: 3 }) })
    // @ts-expect-error no such output, a slip of an optional one
    multiAsset({ name: 'm', outputs: optional, materialize: () => ({ users: 1, order: 2 }) })
  })

  test('may be any part of a subsettable one', () => {
    const multi = multiAsset({
      name: 'm',
      subsettable: true,
      outputs,
      materialize: (_inputs, { selectedOutputs }) => ({
        ...(selectedOutputs.includes('users') && { users: [1] }),
        ...(selectedOutputs.includes('orders') && { orders: output('some') }),
      }),
    })
    expectTypeOf<OutputOf<typeof multi.assets.users>>().toEqualTypeOf<number[]>()
    expectTypeOf<OutputOf<typeof multi.assets.orders>>().toEqualTypeOf<string>()
    // @ts-expect-error no such output
    multiAsset({ name: 'm', subsettable: true, outputs, materialize: () => ({ others: 3 }) })
  })
})

describe('what a multi-asset gets', () => {
  test('is what it declares', () => {
    multiAsset({
      name: 'm',
      outputs,
      inputs: { source },
      config: z.object({ limit: z.number() }),
      resources: { time: clock },
      materialize: ({ source }, context) => {
        expectTypeOf(source).toEqualTypeOf<User[]>()
        expectTypeOf(context.config.limit).toEqualTypeOf<number>()
        expectTypeOf(context.resources.time.now()).toEqualTypeOf<number>()
        expectTypeOf(context.selectedOutputs).toEqualTypeOf<readonly ('users' | 'orders')[]>()
        context.addMetadata({ at: new Date() })
        context.addMetadata({ rows: 1 }, 'users')
        context.reportCheck('no_nulls', true, 'orders')
        return { users: 1, orders: 2 }
      },
    })
  })

  test('is nothing else', () => {
    // @ts-expect-error no such input
    multiAsset({ name: 'm', outputs, inputs: { source }, materialize: ({ others }) => ({ users: others, orders: 1 }) })
    multiAsset({
      name: 'm',
      outputs,
      materialize: (_inputs, context) => {
        // @ts-expect-error no such output
        context.addMetadata({ rows: 1 }, 'others')
        // @ts-expect-error of which output
        context.reportCheck('no_nulls', true)
        // @ts-expect-error no such output
        context.selectedOutputs.includes('others')
        // @ts-expect-error there are several
        context.assetKey.slice(1)
        return { users: 1, orders: 2 }
      },
    })
  })
})

describe('the options of a multi-asset', () => {
  test('know their own names and types', () => {
    multiAsset({
      name: 'm',
      group: 'crm',
      outputs: {
        users: { key: 'raw/users', group: 'raw', tags: { tier: 'gold' }, kinds: ['csv'], codeVersion: '1', checks: { some: {} } },
      },
      retries: { max: 1 },
      timeout: '1 minute',
      materialize: () => ({ users: 1 }),
    })
    // @ts-expect-error without a name
    multiAsset({ outputs, materialize: () => ({ users: 1, orders: 2 }) })
    // @ts-expect-error an output has a key
    multiAsset({ name: 'm', outputs: { users: {} }, materialize: () => ({ users: 1 }) })
    // @ts-expect-error it is called optional
    multiAsset({ name: 'm', outputs: { users: { key: 'users', required: false } }, materialize: () => ({ users: 1 }) })
    // @ts-expect-error nothing to do
    multiAsset({ name: 'm', outputs })
  })
})

describe('calling a multi-asset directly', () => {
  const multi = multiAsset({ name: 'm', outputs, inputs: { source }, materialize: ({ source }) => ({ users: source, orders: 2 }) })

  test('takes values of the inputs and returns what was written', () => {
    expectTypeOf(multi.materialize({ source: [] })).toEqualTypeOf<{ users: User[]; orders: number }>()
    // @ts-expect-error users have a name
    multi.materialize({ source: [{}] })
    // @ts-expect-error source is missing
    multi.materialize({})
  })
})
