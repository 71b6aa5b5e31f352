import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { TickActivities } from './activity-contract.ts'
import { ticksTaskQueueOf } from './names.ts'
import type { PreviewTickInput, TickPreview } from './tick-preview.ts'

/** Asks a worker what a tick of a schedule or a sensor would come to. Nothing of it is kept. */
export async function previewTick(input: PreviewTickInput): Promise<TickPreview> {
  const { previewTick: preview } = proxyActivities<TickActivities>({
    taskQueue: ticksTaskQueueOf(input.codeLocation),
    scheduleToStartTimeout: '10 seconds',
    startToCloseTimeout: workflowInfo().runTimeoutMs ?? 120_000,
    retry: { maximumAttempts: 1 },
  })
  return preview(input)
}
