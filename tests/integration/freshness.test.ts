import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { type Definitions, definitions } from '../../definitions/definitions.ts'
import { FreshnessPolicy } from '../../definitions/freshness-policy.ts'
import type { FreshnessEvent } from '../../metadata/stores/freshness-store.ts'
import { reconcileFreshness } from '../../temporal/freshness-reconciler.ts'
import { tellFreshness } from '../../temporal/freshness-workflow.ts'
import { freshnessWorkflowId } from '../../workflows/names.ts'
import type { RunningWorker } from '../../worker.ts'
import { DurableStack } from '../durable-stack.ts'

const windowMs = 2_000

function project(failWindow?: number): Definitions {
  const freshness = failWindow === undefined ? undefined : FreshnessPolicy.timeWindow({ failWindow })
  return definitions({ assets: [asset({ key: 'clock', ...(freshness && { freshness }), materialize: () => 1 })] })
}

describe('the freshness of an asset', () => {
  let stack: DurableStack
  let worker: RunningWorker

  beforeAll(async () => {
    stack = await DurableStack.start('freshness')
    worker = await stack.startWorker(project(windowMs))
  })
  afterAll(() => stack.stop())

  const events = async (): Promise<readonly FreshnessEvent[]> =>
    (await stack.store.freshness.events('clock', { limit: 100 })).items.toReversed()
  const untilEvent = async (count: number): Promise<void> => {
    while ((await events()).length < count) await wait(20)
  }
  const update = async (): Promise<Date> => {
    const { materializations } = await stack.runToEnd('clock')
    await tellFreshness(stack.client, stack.codeLocation)
    return materializations[0]?.time as Date
  }
  const restart = async (changed: Definitions): Promise<void> => {
    await worker.shutdown()
    worker = await stack.startWorker(changed)
  }
  const workflow = () => stack.client.workflow.getHandle(freshnessWorkflowId(stack.codeLocation))

  it('is recorded whenever it changes, and with the moment at which it did', async () => {
    await untilEvent(1)
    const first = await update()
    await untilEvent(3)
    const second = await update()
    await untilEvent(4)
    expect((await events()).map(({ from, to, time }) => ({ from, to, time }))).toEqual([
      { from: null, to: 'UNKNOWN', time: expect.any(Date) },
      { from: 'UNKNOWN', to: 'PASS', time: first },
      { from: 'PASS', to: 'FAIL', time: new Date(first.getTime() + windowMs) },
      { from: 'FAIL', to: 'PASS', time: second },
    ])
  })

  it('is looked at again where its workflow was ended from outside', async () => {
    await untilEvent(5)
    await workflow().terminate()
    const updated = await update()
    // Unless the worker's own reconciler was faster.
    await reconcileFreshness(stack, stack.codeLocation)
    expect(await reconcileFreshness(stack, stack.codeLocation)).toBe(false)
    await untilEvent(6)
    expect((await events()).at(5)).toMatchObject({ from: 'FAIL', to: 'PASS', time: updated })
  })

  it('is no longer looked at where no asset has a policy any more, and is again where one has', async () => {
    await restart(project())
    await workflow().result()
    expect(await reconcileFreshness(stack, stack.codeLocation)).toBe(false)
    await restart(project(1_000))
    await untilEvent(7)
    expect((await events()).at(6)).toMatchObject({ from: 'PASS', to: 'FAIL' })
  })
})
