import { expect, test } from 'vitest'
import { z } from 'zod'
import { asset } from '../definitions/asset.ts'
import { definitions } from '../definitions/definitions.ts'
import { env } from '../definitions/env.ts'
import { resource } from '../definitions/resource.ts'
import { runConfigFindings } from './run-config.ts'
import { SecretMask } from './secret-mask.ts'
import { stepWork } from './step-work.ts'

const warehouse = resource({ name: 'warehouse', config: z.object({ url: z.string(), pool: z.number().optional() }), create: () => 1 })
const orders = asset({ key: 'orders', config: z.object({ limit: z.number().optional() }), resources: { warehouse }, materialize: () => 1 })
const checked = definitions({ assets: [orders], resources: [warehouse.configure({ url: env('URL') })] })

async function messagesOf(runConfig: object): Promise<readonly string[]> {
  const works = [stepWork(checked, { kind: 'materialize', stepKey: 'orders', assetKey: 'orders' }, undefined)]
  const request = { definitions: checked, works, runConfig, environment: { URL: 'secret-url' }, secrets: new SecretMask() }
  return (await runConfigFindings(request)).map((each) => each.message)
}

test('an unknown section hides nothing else that is wrong', async () => {
  const runConfig = { assets: { orders: { limt: 1 } }, ress: {}, resources: { warehouse: { pol: 2 } } }
  expect(await messagesOf(runConfig)).toEqual([
    'ress: is no section of a run config. The sections are "assets", "ops" and "resources".',
    'assets.orders.limt: is no field of this config. Did you mean "limit"?',
    'resources.warehouse.pol: is no field of this config. Did you mean "pool"?',
  ])
})

test.each([[[]], [null], ['text']])('a section that is %j is refused', async (section) => {
  expect(await messagesOf({ assets: section })).toEqual(['assets: must be an object of config by name.'])
})

test('config that fits is accepted', async () => {
  expect(await messagesOf({ assets: { orders: { limit: 1 } }, resources: { warehouse: { pool: 2 } } })).toEqual([])
})
