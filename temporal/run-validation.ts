import { randomUUID } from 'node:crypto'
import { type Client, WorkflowFailedError } from '@temporalio/client'
import { AssetryError, type Finding } from '../definitions/errors.ts'
import { runConfigError } from '../definitions/run-config-error.ts'
import { taskQueueOf, validateRunConfigWorkflowType } from '../workflows/names.ts'
import type { ValidateRunConfigInput } from '../workflows/run-input.ts'
import type { RunTarget } from './run-target.ts'
import type { WorkerPresence } from './worker-presence.ts'

/** How long a worker may take to say what is wrong with a run's config. */
const validationTimeout = '15 seconds'

/** The code location's snapshot tells whether only user code could find something wrong. */
function needsValidation({ location, assetKeys, graphJob, runConfig }: RunTarget): boolean {
  const chosen = new Set(assetKeys)
  const assets = location.snapshot.assets.filter((asset) => chosen.has(asset.key))
  const jobs = location.snapshot.jobs.filter((job) => job.name === graphJob)
  const nodes = [...assets, ...jobs].flatMap(({ graph }) => graph?.nodes ?? [])
  const asksWorker = [...assets, ...assets.flatMap(({ checks }) => checks), ...nodes].some(
    ({ resources, config }) => resources.length > 0 || config?.acceptsNone === false,
  )
  return asksWorker || Object.values<object | undefined>({ ...runConfig }).some((section) => Object.keys(section ?? {}).length > 0)
}

/**
 * Has a worker check the config of a run, where the snapshot says that only user code could find something wrong.
 *
 * @throws `CONFIG_INVALID`, `ENV_MISSING`, `NO_WORKER`
 */
export async function validateRunConfig(client: Client, workers: WorkerPresence, target: RunTarget): Promise<void> {
  if (!needsValidation(target)) return
  const taskQueue = taskQueueOf(target.location.name)
  if (!(await workers.isThere(target.location.name))) throw noWorker(taskQueue)
  const { assetKeys, graphJob, runConfig } = target
  const input: ValidateRunConfigInput = { assetKeys, ...(graphJob !== undefined && { graphJob }), runConfig: { ...runConfig } }
  const findings = await askWorker(client, taskQueue, input)
  const error = runConfigError(findings)
  if (error !== undefined) throw error
}

async function askWorker(client: Client, taskQueue: string, input: ValidateRunConfigInput): Promise<readonly Finding[]> {
  try {
    return await client.workflow.execute<(input: ValidateRunConfigInput) => Promise<readonly Finding[]>>(validateRunConfigWorkflowType, {
      workflowId: `validate:${randomUUID()}`,
      taskQueue,
      workflowRunTimeout: validationTimeout,
      args: [input],
    })
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw noWorker(taskQueue, error)
    throw error
  }
}

function noWorker(taskQueue: string, cause?: unknown): AssetryError {
  return new AssetryError(
    'NO_WORKER',
    `The config of this run can't be checked: no worker answers on task queue "${taskQueue}". Start one: assetry worker`,
    {
      facts: { taskQueue },
      cause,
    },
  )
}
