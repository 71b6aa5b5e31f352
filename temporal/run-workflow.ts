import { WorkflowExecutionAlreadyStartedError, type Client, type WorkflowStartOptions } from '@temporalio/client'
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common'
import { maximumKeyLength } from '../definitions/asset-key.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Run } from '../metadata/stores/run-store.ts'
import { runWorkflowId, runWorkflowType, taskQueueOf } from '../workflows/names.ts'
import { inlineStepLimit, type RunInput } from '../workflows/run-input.ts'

/** Characters of asset keys that become a search attribute: Temporal takes 2 KB a value. What is beyond is found by the store. */
const searchableCharacters = 1_500

const job = defineSearchAttributeKey('AssetryJob', 'KEYWORD')
const assets = defineSearchAttributeKey('AssetryAssets', 'KEYWORD_LIST')
const codeLocation = defineSearchAttributeKey('AssetryCodeLocation', 'KEYWORD')

/**
 * Starts the workflow of a recorded run. May be repeated: a run has one workflow, whose id is made of the run's.
 *
 * @param again - whether the run may have had a workflow before, which was lost with its server
 */
export async function startRunWorkflow(
  client: Client,
  store: MetadataStore,
  run: Run,
  { again }: { readonly again: boolean },
): Promise<void> {
  const options = await startOptions(store, run, again)
  try {
    await client.workflow.start(runWorkflowType, { ...options, typedSearchAttributes: attributesOf(run) })
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return
    if (!isUnregisteredAttribute(error)) throw error
    await client.workflow.start(runWorkflowType, options).catch(ignoreStarted)
  }
}

async function startOptions(store: MetadataStore, run: Run, again: boolean): Promise<WorkflowStartOptions & { args: [RunInput] }> {
  const steps = run.stepCount <= inlineStepLimit ? { steps: await store.runs.planSteps(run.runId, 0, inlineStepLimit) } : {}
  return {
    workflowId: runWorkflowId(run.runId),
    taskQueue: taskQueueOf(run.codeLocation),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: summaryOf(run),
    staticDetails: detailsOf(run),
    args: [{ runId: run.runId, stepCount: run.stepCount, ...steps, ...(again ? { again: true } : {}) }],
  }
}

/** At most 400 bytes are allowed. */
function summaryOf(run: Run): string {
  const what = run.jobName === null ? run.selection : `job ${run.jobName}`
  return `${what} · ${run.stepCount} ${run.stepCount === 1 ? 'asset' : 'assets'}`.slice(0, 200)
}

/** Markdown, at most 20,000 bytes. */
function detailsOf(run: Run): string {
  const shown = run.assetKeys.slice(0, 50).map((key) => `- \`${key}\``)
  const more = run.assetKeys.length > shown.length ? [`- … and ${run.assetKeys.length - shown.length} more`] : []
  const tags = Object.entries(run.tags).map(([key, value]) => `\`${key}=${value}\``.slice(0, 200))
  return [`Run \`${run.runId}\``, '', ...shown, ...more, ...(tags.length > 0 ? ['', `Tags: ${tags.slice(0, 20).join(' ')}`] : [])]
    .join('\n')
    .slice(0, 18_000)
}

function attributesOf(run: Run): TypedSearchAttributes {
  const keyword = (text: string): string => text.slice(0, maximumKeyLength)
  return new TypedSearchAttributes([
    { key: assets, value: searchableKeys(run.assetKeys) },
    { key: codeLocation, value: keyword(run.codeLocation) },
    ...(run.jobName === null ? [] : [{ key: job, value: keyword(run.jobName) }]),
  ])
}

function searchableKeys(keys: readonly string[]): string[] {
  let characters = 0
  return keys.filter((key) => (characters += key.length + 3) <= searchableCharacters)
}

/** A server whose namespace nobody has given our search attributes: runs go on without them. */
function isUnregisteredAttribute(error: unknown): boolean {
  const text = error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : ''
  return /search attribute|has no mapping defined/i.test(text)
}

function ignoreStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
}
