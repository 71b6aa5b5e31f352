import { randomUUID } from 'node:crypto'
import { type Client, WorkflowFailedError } from '@temporalio/client'
import { AssetryError } from '../definitions/errors.ts'
import { previewTickWorkflowType, taskQueueOf } from '../workflows/names.ts'
import type { PreviewTickInput, TickPreview } from '../workflows/tick-preview.ts'

/** Time beside the function's own for a preview: to find a worker, and to say what came of it. Unit: milliseconds. */
const previewMarginMs = 20_000

/** Asks a worker what a tick would come to. @throws `NO_WORKER` */
export async function previewTick(client: Client, input: PreviewTickInput, timeoutMs: number): Promise<TickPreview> {
  const taskQueue = taskQueueOf(input.codeLocation)
  try {
    return await client.workflow.execute<(input: PreviewTickInput) => Promise<TickPreview>>(previewTickWorkflowType, {
      workflowId: `preview:${randomUUID()}`,
      taskQueue,
      workflowRunTimeout: timeoutMs + previewMarginMs,
      args: [input],
    })
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    throw new AssetryError(
      'NO_WORKER',
      `"${input.name}" could not be evaluated: no worker of the code location "${input.codeLocation}" has answered. Start one: assetry worker`,
      { facts: { taskQueue }, cause: error },
    )
  }
}
