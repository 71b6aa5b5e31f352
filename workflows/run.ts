import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  defineSignal,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { defaultHeartbeatTimeoutMs, defaultStepTimeoutMs, type PlanStep, type StepKind } from '../planning/run-plan.ts'
import { type GivenOutputs, RunProgress, type StepInstance } from '../planning/run-progress.ts'
import type { RunActivities, StepActivities, StepReference, StepResult } from './activity-contract.ts'
import { type CarriedOutputs, carriedOutputs, givenOutputs } from './carried-outputs.ts'
import { progressDetails } from './progress-details.ts'
import { setWindowSignal } from './names.ts'
import { planPageSize, type RunInput } from './run-input.ts'

/** Longest time that Temporal is asked to wait for a step of many partitions, each of which keeps its own timeout. Unit: milliseconds; 30 days. */
const longestStepMs = 30 * 24 * 3_600_000

/** Steps in flight at most. Temporal refuses a workflow for ever at 2,001 pending activities; 500 keep two cores busy. */
const windowSize = 500

/**
 * History of steps at which no further one is started until those in flight are done and the run continues as new: about a
 * quarter of Temporal's limits of 51,200 events and 50 MiB. A run whose steps come to rest before that continues at
 * Temporal's own suggestion (4,096 events or 4 MiB). What the plan itself takes up doesn't count: the next execution reads it, too.
 */
const drainAtEvents = 12_000
const drainAtBytes = 12 * 1024 * 1024

/** Added to a step's own timeout, which the activity keeps by itself: time to record that it was too late. */
const timeoutMarginMs = 60_000

/** Characters of an activity's id. Temporal takes 1,000 bytes; a workflow that asks for more can't go on (tried on server 1.29.1). */
const longestActivityId = 900

/** Characters of an activity's summary. Temporal's API allows 400 bytes, which server 1.29.1 doesn't insist on. */
const longestSummary = 300

/** How long a cancelled run waits for its steps to notice. What they record after that is refused. */
const cancelGracePeriod = '15 seconds'

/** Says how many steps may be in flight from now on. */
const windowSignal = defineSignal<[number]>(setWindowSignal)

const bookkeeping = proxyLocalActivities<RunActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '100 milliseconds', maximumInterval: '10 seconds' },
})

/**
 * Runs a plan: starts each step when its upstreams have succeeded, skips what depends on a failed step, records the end.
 * It knows no user code and holds no value: steps are named here and done by activities.
 */
export async function run(input: RunInput): Promise<void> {
  // A run that is cancelled while its plan is read has an end to record, too.
  const steps = input.steps ?? (await CancellationScope.nonCancellable(() => loadSteps(input)))
  const given =
    input.given === undefined ? [] : await CancellationScope.nonCancellable(() => loadGiven(input.given ?? [], input.runId, steps))
  const execution = new RunExecution(input, steps, given)
  try {
    if (input.progress === undefined) await bookkeeping.recordRunStarted({ runId: input.runId })
    await execution.stepsToTheirEnd()
  } catch (error) {
    if (!isCancellation(error)) throw error
    await CancellationScope.nonCancellable(() => execution.endCanceled())
    throw error
  }
  await CancellationScope.nonCancellable(() => execution.end())
}

/** One execution of a run's workflow: from the run's start, or from where the execution before it left off. */
class RunExecution {
  readonly #input: RunInput
  readonly #progress: RunProgress
  readonly #first: { readonly first?: true }
  /** History when the first step of this execution was about to start. */
  readonly #before: HistorySize
  #inFlight = 0
  #canceled = false
  /** Steps in flight at most, where whoever started the run says so: 0 is a pause. */
  #window: number
  #failedPartitions: number

  constructor(input: RunInput, steps: readonly PlanStep[], given: readonly GivenOutputs[]) {
    this.#input = input
    this.#progress = new RunProgress(steps, { states: input.progress, skips: input.skips, given })
    this.#first = isFirst(input) ? { first: true } : {}
    this.#before = historySoFar()
    this.#window = input.window ?? windowSize
    this.#failedPartitions = input.failedPartitions ?? 0
    setHandler(windowSignal, (window) => {
      this.#window = Math.min(window, windowSize)
      this.#startReady()
    })
  }

  /** Resolves when nothing can be started any more. Continues as new where the history is full before that. */
  async stepsToTheirEnd(): Promise<void> {
    this.#startReady()
    await condition(() => this.#inFlight === 0 && (this.#window > 0 || !this.#progress.hasReady))
    if (!this.#progress.hasReady) return
    const given = carriedOutputs(this.#progress.given)
    await continueAsNew<typeof run>({
      ...this.#input,
      progress: this.#progress.save(),
      skips: this.#progress.skips,
      ...(given.length > 0 && { given }),
      ...(this.#input.window !== undefined && { window: this.#window }),
      ...(this.#failedPartitions > 0 && { failedPartitions: this.#failedPartitions }),
    })
  }

  async endCanceled(): Promise<void> {
    this.#canceled = true
    await condition(() => this.#inFlight === 0, cancelGracePeriod)
    await bookkeeping.recordRunEnded({ runId: this.#input.runId, status: 'CANCELED', skipped: this.#progress.skipped() })
  }

  async end(): Promise<void> {
    const failed = this.#progress.counts.failed > 0 || this.#failedPartitions > 0
    await bookkeeping.recordRunEnded({
      runId: this.#input.runId,
      status: failed ? 'FAILURE' : 'SUCCESS',
      skipped: this.#progress.skipped(),
    })
    if (failed) throw ApplicationFailure.nonRetryable(this.#failureText(), 'RunFailed')
  }

  #startReady(): void {
    while (!this.#canceled && this.#inFlight < this.#window && !this.#restsHere()) {
      const instance = this.#progress.take()
      if (instance === undefined) break
      this.#startStep(instance)
    }
    setCurrentDetails(progressDetails(this.#progress))
  }

  /** Each promise in a workflow costs a stack trace, kept for Temporal's Web UI: hence callbacks instead of an async function. */
  #startStep(instance: number): void {
    this.#inFlight += 1
    const step = this.#progress.stepOf(instance)
    const perform = stepActivity(step, instance)
    perform({ ...referenceOf(this.#input.runId, step), ...this.#first }).then(
      ({ outputs, failedPartitions = 0 }) =>
        this.#stepEnded(() => {
          this.#failedPartitions += failedPartitions
          this.#progress.succeeded(instance, outputs)
        }),
      (error: unknown) =>
        this.#stepEnded(() => {
          if (isCancellation(error) && CancellationScope.current().consideredCancelled) this.#canceled = true
          else this.#progress.failed(instance)
        }),
    )
  }

  #stepEnded(record: () => void): void {
    record()
    this.#inFlight -= 1
    this.#startReady()
  }

  /** At least what reading the plan cost must be done in one execution: of a large plan the reading alone is more than Temporal suggests. */
  #restsHere(): boolean {
    const now = historySoFar()
    const events = now.events - this.#before.events
    const bytes = now.bytes - this.#before.bytes
    if (events >= drainAtEvents || bytes >= drainAtBytes) return true
    const isWorthIt = events >= this.#before.events && bytes >= this.#before.bytes
    return this.#inFlight === 0 && isWorthIt && workflowInfo().continueAsNewSuggested
  }

  #failureText(): string {
    const { failed, skipped } = this.#progress.counts
    if (failed === 0) return `${this.#failedPartitions} partitions were not made`
    const total = Object.values(this.#progress.counts).reduce((sum, count) => sum + count, 0)
    const names = this.#progress.failedKeys.slice(0, 10).join(', ')
    const more = failed > 10 ? ', …' : ''
    return `${failed} of ${total} steps failed: ${names}${more}${skipped > 0 ? `; ${skipped} skipped` : ''}`
  }
}

interface HistorySize {
  readonly events: number
  readonly bytes: number
}

function historySoFar(): HistorySize {
  const { historyLength, historySize } = workflowInfo()
  return { events: historyLength, bytes: historySize }
}

/** Whether this is the first execution of the first workflow that the run has had: no restart, no reset, not continued as new. */
function isFirst(input: RunInput): boolean {
  const { runId, firstExecutionRunId } = workflowInfo()
  return input.again !== true && runId === firstExecutionRunId
}

/** The activity that does a step, with the step's options. Its attempts are counted by the step's record, not by Temporal. */
function stepActivity({ step, key }: StepInstance, instance: number): (step: StepReference) => Promise<StepResult> {
  const activities = proxyActivities<StepActivities>({
    activityId: key.length <= longestActivityId ? key : `${key.slice(0, longestActivityId - 20)}~${instance}`,
    summary: key.slice(0, longestSummary),
    startToCloseTimeout: Math.min((step.timeoutMs ?? defaultStepTimeoutMs) * (step.partitionCount ?? 1) + timeoutMarginMs, longestStepMs),
    heartbeatTimeout: step.heartbeatTimeoutMs ?? defaultHeartbeatTimeoutMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  })
  return activities[activityOf[step.kind ?? 'materialize']]
}

const activityOf: Readonly<Record<StepKind, keyof StepActivities>> = {
  materialize: 'materialize',
  op: 'runOp',
  check: 'checkAsset',
  observe: 'observe',
}

function referenceOf(runId: string, { step, key, mappingKeys }: StepInstance): StepReference {
  const { asset, assets, check, op, partitions, needs, inOrder } = step
  return {
    runId,
    stepKey: key,
    ...(asset !== undefined && { assetKey: asset }),
    ...(assets !== undefined && { assetKeys: assets }),
    ...(check !== undefined && { check }),
    ...(op !== undefined && { op }),
    ...(mappingKeys.length > 0 && { mappingKeys }),
    ...(partitions !== undefined && { partitions }),
    ...(needs !== undefined && { needs }),
    ...(inOrder === true && { inOrder }),
  }
}

/** What steps gave in earlier executions, some of which may be too much for the workflow's input. */
function loadGiven(carried: readonly CarriedOutputs[], runId: string, steps: readonly PlanStep[]): Promise<readonly GivenOutputs[]> {
  return givenOutputs(carried, steps, async (stepKeys) => {
    await ownRequest()
    return await bookkeeping.loadOutputs({ runId, stepKeys })
  })
}

async function loadSteps(input: RunInput): Promise<readonly PlanStep[]> {
  const steps: PlanStep[] = []
  while (steps.length < input.stepCount) {
    const page = await bookkeeping.loadPlan({ runId: input.runId, from: steps.length, count: planPageSize })
    if (page.length === 0)
      throw ApplicationFailure.nonRetryable(
        `The plan of run ${input.runId} ends at step ${steps.length} of ${input.stepCount}.`,
        'PlanIncomplete',
      )
    steps.push(...page)
    if (steps.length < input.stepCount) await ownRequest()
  }
  return steps
}

/** Ends the workflow task, so that what is read next is told in a request of its own: one takes 4 MB. */
async function ownRequest(): Promise<void> {
  await sleep(1)
}
