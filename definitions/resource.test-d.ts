import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { asset } from './asset.ts'
import { definitions } from './definitions.ts'
import { env } from './env.ts'
import { type ClientOf, type ConfiguredResource, resource } from './resource.ts'

const warehouse = resource({
  name: 'warehouse',
  config: z.object({
    url: z.string(),
    pool: z.object({ size: z.number().default(4) }).optional(),
    mode: z.enum(['read', 'write']).default('read'),
    hosts: z.array(z.string()).optional(),
  }),
  create: async (config) => ({ config }),
  dispose: (client) => {
    expectTypeOf(client.config.url).toEqualTypeOf<string>()
  },
})
const clock = resource({ name: 'clock', create: () => ({ now: (): number => 0 }) })

describe('the client of a resource', () => {
  test('is what create returns, its promise taken off', () => {
    expectTypeOf<ClientOf<typeof warehouse>['config']['mode']>().toEqualTypeOf<'read' | 'write'>()
    expectTypeOf<ClientOf<typeof clock>>().toEqualTypeOf<{ now: () => number }>()
  })
})

describe('configuring a resource', () => {
  test('takes what the schema accepts; each field may come from the environment', () => {
    expectTypeOf(warehouse.configure({ url: 'postgres://localhost' })).toEqualTypeOf<ConfiguredResource>()
    warehouse.configure({ url: env('WAREHOUSE_URL'), mode: 'write', pool: { size: env('POOL_SIZE') } })
    warehouse.configure({ url: env('WAREHOUSE_URL'), pool: env('POOL'), hosts: ['a', env('HOST')] })
  })

  test('is refused where there is no schema', () => {
    // @ts-expect-error nothing to configure
    clock.configure({ zone: 'UTC' })
  })

  test('refuses what the schema refuses', () => {
    // @ts-expect-error url is missing
    warehouse.configure({})
    // @ts-expect-error url is text
    warehouse.configure({ url: 1 })
    // @ts-expect-error not a field
    warehouse.configure({ url: '', path: '' })
    // @ts-expect-error not a mode
    warehouse.configure({ url: '', mode: 'append' })
    // @ts-expect-error a size is a number
    warehouse.configure({ url: '', pool: { size: 'large' } })
  })
})

describe('giving resources to definitions', () => {
  test('takes them as they are or configured, and nothing else', () => {
    const report = asset({ key: 'report', resources: { warehouse, clock }, materialize: () => 1 })
    const given = () => definitions({ assets: [report], resources: [clock, warehouse.configure({ url: env('WAREHOUSE_URL') })] })
    expectTypeOf(given().resources).toEqualTypeOf<Readonly<Record<string, ConfiguredResource>>>()
    // @ts-expect-error a client is no resource
    definitions({ assets: [report], resources: [{ now: () => 0 }] })
    // @ts-expect-error a resource is no asset
    definitions({ assets: [clock] })
    // @ts-expect-error assets are a list
    definitions({ assets: { report } })
  })
})
