import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { BackfillActivities, BackfillStep, StartableRun } from './activity-contract.ts'
import { backfillChangedSignal, runWorkflowId, runWorkflowType, setWindowSignal } from './names.ts'
import type { BackfillInput, RunInput } from './run-input.ts'

const changed = defineSignal(backfillChangedSignal)
const setWindow = defineSignal<[number]>(setWindowSignal)

/** How often runs are asked about that another execution of this workflow, or the reconciler, has started. */
const askAboutOthers = '1 second'
/** How often it looks though nobody has said anything: whoever changed it in the store may have died before he could say so. */
const askAnyway = '30 seconds'

/** History at which the workflow continues as new. Its runs go on meanwhile. Unit: events. */
const longestHistory = 4_000

const bookkeeping = proxyLocalActivities<BackfillActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '100 milliseconds', maximumInterval: '10 seconds' },
})

/**
 * Carries out a backfill: starts the runs that are cut from it, and looks again whenever one has ended or somebody has
 * changed it. It remembers nothing that is not in the store, so that it may end on any line and be started anew.
 */
export async function backfill({ backfillId }: BackfillInput): Promise<void> {
  const execution = new BackfillExecution(backfillId)
  try {
    await execution.toItsEnd()
  } catch (error) {
    if (!isCancellation(error)) throw error
    await CancellationScope.nonCancellable(() => execution.canceled())
    throw error
  }
}

class BackfillExecution {
  readonly #backfillId: string
  /** Runs that this execution has started and not seen end. */
  readonly #running = new Set<string>()
  /** The window that each run was last told. */
  readonly #windows = new Map<string, number>()
  readonly #canceled = new Set<string>()
  #isWoken = false

  constructor(backfillId: string) {
    this.#backfillId = backfillId
    setHandler(changed, () => void (this.#isWoken = true))
  }

  async toItsEnd(): Promise<void> {
    for (;;) {
      this.#isWoken = false
      const step = await bookkeeping.advanceBackfill({ backfillId: this.#backfillId })
      // Who retries it in the moment in which it ends has told it so.
      if (step.ended === true && !this.#isWoken) return
      if (step.ended === true) continue
      await this.#carryOut(step)
      if (workflowInfo().historyLength > longestHistory || workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof backfill>({ backfillId: this.#backfillId })
      }
      if (step.again === true) continue
      const hasOthers = step.open.some((runId) => !this.#running.has(runId))
      await condition(() => this.#isWoken, hasOthers ? askAboutOthers : askAnyway)
    }
  }

  /** Cancelled in Temporal: recorded as if it had been cancelled in Assetry, whose runs then are too. */
  async canceled(): Promise<void> {
    await bookkeeping.cancelBackfill({ backfillId: this.#backfillId })
    await this.toItsEnd()
  }

  async #carryOut({ open, start, window, priority, cancel }: BackfillStep): Promise<void> {
    setCurrentDetails(`${open.length} runs at work, ${window} steps each at a time`)
    for (const run of start) if (!this.#running.has(run.runId)) await this.#start(run, window, priority)
    for (const runId of open) await this.#tell(runId, window)
    if (cancel === true) for (const runId of open) await this.#cancel(runId)
  }

  async #start({ runId, stepCount, summary }: StartableRun, window: number, priority: number | undefined): Promise<void> {
    const input: RunInput = { runId, stepCount, window }
    this.#windows.set(runId, window)
    try {
      const child = await startChild(runWorkflowType, {
        workflowId: runWorkflowId(runId),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: ParentClosePolicy.ABANDON,
        args: [input],
        staticSummary: summary,
        ...(priority !== undefined && { priority: { priorityKey: priority } }),
      })
      this.#running.add(runId)
      child.result().then(
        () => this.#ended(runId),
        () => this.#ended(runId),
      )
    } catch (error) {
      // Started before by another execution, or by the reconciler: its end shows in the store.
      if (isCancellation(error)) throw error
    }
  }

  #ended(runId: string): void {
    this.#running.delete(runId)
    this.#windows.delete(runId)
    this.#isWoken = true
  }

  /** A run that is over already can't be told any more. */
  async #tell(runId: string, window: number): Promise<void> {
    if (this.#windows.get(runId) === window) return
    this.#windows.set(runId, window)
    await getExternalWorkflowHandle(runWorkflowId(runId))
      .signal(setWindow, window)
      .catch(() => undefined)
  }

  async #cancel(runId: string): Promise<void> {
    if (this.#canceled.has(runId)) return
    this.#canceled.add(runId)
    await getExternalWorkflowHandle(runWorkflowId(runId))
      .cancel()
      .catch(() => undefined)
  }
}
