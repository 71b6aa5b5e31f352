import { afterAll, beforeAll, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { assetCheck } from '../../definitions/asset-check.ts'
import { definitions } from '../../definitions/definitions.ts'
import { job } from '../../definitions/job.ts'
import { op } from '../../definitions/op.ts'
import { DurableStack } from '../durable-stack.ts'

let stack: DurableStack
const called: string[] = []

const list = op({ name: 'list', run: () => (called.push('list'), ['a', 'b']) })
const keep = op({
  name: 'keep',
  outputs: { kept: { optional: true } },
  run: ({ value }: { value: string }) => (called.push(`keep ${value}`), value === 'a' ? {} : { kept: value }),
})
const all = op({ name: 'all', run: ({ values }: { values: readonly string[] }) => void called.push(`all ${values.join()}`) })
const mapped = job({
  name: 'mapped',
  graph: () =>
    void all({
      values: list()
        .map((value) => keep({ value }).kept)
        .collect(),
    }),
})

const checked = asset({ key: 'checked', materialize: () => void called.push('checked') })
const refused = assetCheck({
  name: 'refused',
  asset: checked,
  loadsAsset: false,
  blocking: true,
  check: () => (called.push('refused'), false),
})
const behind = asset({ key: 'behind', deps: [checked], materialize: () => void called.push('behind') })

beforeAll(async () => {
  stack = await DurableStack.start('run-reset')
  await stack.startWorker(definitions({ assets: [checked, behind], assetChecks: [refused], jobs: [mapped] }))
})
afterAll(() => stack.stop())

/** Takes a run's workflow back to its beginning, as if nothing of what its steps recorded had reached Temporal. */
async function reset(runId: string): Promise<void> {
  const { workflowId } = stack.workflow(runId)
  const { events } = await stack.workflow(runId).fetchHistory()
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId
  await stack.client.workflowService.resetWorkflowExecution({
    namespace: stack.client.options.namespace,
    workflowExecution: { workflowId },
    reason: 'a test',
    requestId: crypto.randomUUID(),
    ...(first && { workflowTaskFinishEventId: first }),
  })
}

/** The steps that the newest execution of a run's workflow asked for. */
async function askedFor(runId: string): Promise<readonly string[]> {
  const { events } = await stack.workflow(runId).fetchHistory()
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: each }) => each?.activityId ?? []).toSorted()
}

it('a run whose records have not reached Temporal comes to the same end, and calls no function again', async () => {
  const runs = [await stack.runToEnd({ job: 'mapped' }), await stack.runToEnd('*')]
  const before = [...called]
  expect(before.toSorted()).toEqual(['all b', 'checked', 'keep a', 'keep b', 'list', 'refused'])
  for (const { run, failure, statuses } of runs) {
    const asked = await askedFor(run.runId)
    await reset(run.runId)
    const again = await stack.ended(run.runId)
    expect(await askedFor(run.runId)).toEqual(asked)
    expect(again.statuses).toEqual(statuses)
    expect(again.failure?.cause?.message).toBe(failure?.cause?.message)
  }
  expect(runs.map(({ failure }) => failure?.cause?.message)).toEqual([undefined, '1 of 3 steps failed: checked:refused; 1 skipped'])
  expect(called).toEqual(before)
})
