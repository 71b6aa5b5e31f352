import type { RunConfig } from '../definitions/config.ts'
import { definitions } from '../definitions/definitions.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { GraphJob } from '../definitions/job.ts'
import { onlyOutput } from '../definitions/op.ts'
import { memoryIOManager } from '../io/memory.ts'
import { planJob } from '../planning/plan-job.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import type { InProcessFailure, InProcessRecord, InProcessRetry } from './in-process-record.ts'
import { InProcessRun } from './in-process-run.ts'
import { runConfigOver } from '../planning/run-config-over.ts'
import { checkRunConfig } from './run-config.ts'
import { runWorks } from './run-works.ts'
import { SecretMask } from './secret-mask.ts'
import { askedResources, type StandIns, withStandIns } from './stand-ins.ts'

/** What `executeInProcess` takes. */
export interface ExecuteInProcessOptions {
  /** Over the job's own. */
  readonly runConfig?: RunConfig
  /** Clients by the name of a resource that one of the ops asks for, instead of what `create` would make; or configured resources. */
  readonly resources?: StandIns
  /** Stores what ops give each other. @default memory that ends with the call */
  readonly ioManager?: IOManager
  readonly tags?: Readonly<Record<string, string>>
  /** Whether the first error is thrown as it is. With `false` the run goes on beside it and reports it in `failures`. @default true */
  readonly raiseOnError?: boolean
  readonly signal?: AbortSignal
}

/** What came of `executeInProcess`. */
export interface ExecuteInProcessResult {
  readonly success: boolean
  readonly runId: string
  readonly failures: readonly InProcessFailure[]
  /** Attempts that failed and were tried again. */
  readonly retries: readonly InProcessRetry[]
  /** Keys of the steps that never started. */
  readonly skipped: readonly string[]
  /**
   * What a step gave: of an op with several outputs the one named.
   *
   * @param stepKey - the op's name, `outer.inner` in a nested graph, `process[0]` for one element
   * @throws `OUTPUT_MISSING` where the step or the output is not there
   */
  outputFor(stepKey: string, output?: string): unknown
}

/** Runs a graph job in this process, one step after another, without Temporal and without a record of the run. */
export async function executeInProcess(job: GraphJob, options: ExecuteInProcessOptions = {}): Promise<ExecuteInProcessResult> {
  const asked = askedResources(job.graph.nodes.map(({ op }) => op))
  const checked = definitions({ assets: [], jobs: [job], resources: asked })
  const resources = withStandIns('executeInProcess()', checked.resources, options.resources ?? {})
  const ready = { ...checked, resources }
  const plan = planJob(await snapshotOf(ready), job.name)
  const { tags = {}, ioManager = memoryIOManager(), signal = new AbortController().signal, raiseOnError = true } = options
  const runConfig = runConfigOver(job.runConfig, options.runConfig ?? {})
  const secrets = new SecretMask()
  await checkRunConfig({ definitions: ready, works: runWorks(ready, plan, job.name), runConfig, environment: process.env, secrets })
  const run = new InProcessRun({
    definitions: ready,
    plan,
    jobName: job.name,
    runConfig,
    tags: { ...job.tags, ...tags },
    ioManager,
    secrets,
    signal,
    raiseOnError,
  })
  return resultOf(await run.toItsEnd())
}

function resultOf(record: InProcessRecord): ExecuteInProcessResult {
  const { success, runId, failures, retries, skippedSteps } = record
  return {
    success,
    runId,
    failures,
    retries,
    skipped: skippedSteps.map(({ stepKey }) => stepKey),
    outputFor: (stepKey, output = onlyOutput) => outputOf(stepKey, output, record.opValues(stepKey)),
  }
}

function outputOf(stepKey: string, output: string, values: Readonly<Record<string, unknown>>): unknown {
  if (Object.hasOwn(values, output)) return values[output]
  const names = Object.keys(values).join(', ') || 'none'
  throw new AssetryError('OUTPUT_MISSING', `Op "${stepKey}" gave no output "${output}". It gave: ${names}.`, { facts: { stepKey, output } })
}
