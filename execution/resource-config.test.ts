import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { env } from '../definitions/env.ts'
import { resource } from '../definitions/resource.ts'
import { checkOwnConfig } from './resource-config.ts'

const warehouse = resource({ name: 'warehouse', config: z.object({ url: z.string(), pool: z.number().optional() }), create: () => 1 })
const clock = resource({ name: 'clock', create: () => Date })
const none = { findings: [], warnings: [] }

describe("a resource's own config", () => {
  test('that its schema refuses is a finding for each path', async () => {
    const { findings, warnings } = await checkOwnConfig(warehouse.configure({ url: 5, pol: 1 } as never))
    expect(findings).toMatchObject([
      { code: 'CONFIG_INVALID', path: 'resources.warehouse.pol', message: expect.stringContaining('Did you mean "pool"?') },
      { code: 'CONFIG_INVALID', path: 'resources.warehouse.url' },
    ])
    expect(warnings).toEqual([])
  })

  test('that is missing where it is needed is a warning, because a run may bring it', async () => {
    const { findings, warnings } = await checkOwnConfig(warehouse.configure(undefined as never))
    expect(findings).toEqual([])
    expect(warnings).toMatchObject([{ path: 'resources.warehouse', message: expect.stringContaining('warehouse.configure({ … })') }])
  })

  test('that fits, is not needed, or is known only where the resource is created, is in order', async () => {
    expect(await checkOwnConfig(warehouse.configure({ url: 'u' }))).toEqual(none)
    expect(await checkOwnConfig(clock.configure(undefined))).toEqual(none)
    expect(await checkOwnConfig(warehouse.configure({ url: env('URL') }))).toEqual(none)
  })
})
