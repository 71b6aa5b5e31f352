import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { definitions } from '../../definitions/definitions.ts'
import { observableAsset } from '../../definitions/observable-asset.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { type AnswerLosingProxy, startAnswerLosingProxy } from '../answer-losing-proxy.ts'
import { DurableStack } from '../durable-stack.ts'

let stack: DurableStack
let proxy: AnswerLosingProxy
let store: MetadataStore

let looks = 0
const table = observableAsset({
  key: 'table',
  observe: async (_, { run }) => {
    looks += 1
    proxy.goAway()
    // Long enough for the claim, which is made 5 ms after the attempt began, to have been given up before this question is.
    await wait(50)
    await expect(store.runs.get(run.id)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    setTimeout(() => proxy.comeBack(), 500)
    return 'version 1'
  },
})

beforeAll(async () => {
  stack = await DurableStack.start('run-store-away')
  proxy = await startAnswerLosingProxy(stack.storeUrl)
  store = await openStore({ url: proxy.url, patienceMs: 300 })
  await stack.startWorker(definitions({ assets: [table] }), { store })
})
afterAll(async () => {
  await stack.stop()
  await store.close()
  await proxy.close()
})

it('a step whose claim was given up while the store was away claims again, and is recorded without being run again', async () => {
  const { run, story, step } = await stack.runToEnd('table')
  expect(run.status).toBe('SUCCESS')
  expect(story('table')).toEqual(['STEP_START 1', 'ASSET_OBSERVATION 1'])
  expect(step('table')).toMatchObject({ attempt: 1, failures: 0, losses: 0 })
  expect(looks).toBe(1)
})
