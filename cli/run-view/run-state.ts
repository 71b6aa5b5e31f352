import type { Metadata, RecordedError, RunEvent, RunStatus, StepStatus } from '../../client/index.ts'

/** A step as the terminal shows it. */
export interface StepView {
  readonly key: string
  readonly status: StepStatus
  /** When its newest attempt began. Unit: milliseconds since 1970. */
  readonly startedAt: number | null
  readonly durationMs: number | null
  readonly attempt: number
  readonly metadata: Metadata
  readonly error: RecordedError | null
  /** SKIPPED: the step whose failure caused it. */
  readonly because: string | null
}

/** What an event changed: a step that ended, or something that happened to one on its way. */
export type StepNews =
  | { readonly kind: 'ended'; readonly step: StepView }
  | { readonly kind: 'retry'; readonly step: StepView; readonly error: RecordedError | null; readonly retryInMs: number | null }
  | { readonly kind: 'lost'; readonly step: StepView }
  | { readonly kind: 'requeued'; readonly step: StepView; readonly reason: string }

/** Number of steps by what people ask about them. */
export interface StepCounts {
  readonly all: number
  readonly succeeded: number
  readonly failed: number
  readonly skipped: number
  readonly canceled: number
  readonly running: number
}

/** A run as its events tell it, one after another. */
export class RunState {
  #status: RunStatus
  readonly #steps = new Map<string, StepView>()
  readonly #running = new Map<string, StepView>()
  readonly #counts = { succeeded: 0, failed: 0, skipped: 0, canceled: 0 }
  readonly #stepCount: number
  #reason: string | null = null

  constructor(run: { readonly status: RunStatus; readonly stepCount: number; readonly assetKeys: readonly string[] }) {
    this.#status = run.status
    this.#stepCount = run.stepCount
    for (const key of run.assetKeys) this.#steps.set(key, waiting(key))
  }

  get status(): RunStatus {
    return this.#status
  }

  /** Why the run ended, where that was not its own doing. */
  get reason(): string | null {
    return this.#reason
  }

  /** All steps, in the order of the plan. */
  get steps(): readonly StepView[] {
    return [...this.#steps.values()]
  }

  /** Steps that are at work, the oldest first. */
  get running(): readonly StepView[] {
    return [...this.#running.values()]
  }

  get counts(): StepCounts {
    return { all: this.#stepCount, running: this.#running.size, ...this.#counts }
  }

  /** Takes in an event, and says what is worth a line. */
  apply(event: RunEvent): StepNews | undefined {
    if (event.stepKey === null) return this.#applyToRun(event)
    const step = this.#steps.get(event.stepKey) ?? waiting(event.stepKey)
    const time = Date.parse(event.time)
    switch (event.type) {
      case 'STEP_START':
        this.#put({ ...step, status: 'STARTED', startedAt: time, attempt: event.attempt ?? step.attempt + 1 })
        return undefined
      case 'ASSET_MATERIALIZATION':
        return this.#end({ ...step, status: 'SUCCESS', durationMs: durationOf(event, step, time), metadata: event.data.metadata ?? {} })
      case 'STEP_FAILURE':
        return this.#end({ ...step, status: 'FAILURE', durationMs: durationOf(event, step, time), error: event.data.error ?? null })
      case 'STEP_SKIPPED':
        return this.#end({ ...step, status: 'SKIPPED', because: event.data.because ?? null })
      case 'STEP_CANCELED':
        return this.#end({ ...step, status: 'CANCELED', durationMs: durationOf(event, step, time) })
      case 'STEP_UP_FOR_RETRY':
        this.#put({ ...step, status: 'UP_FOR_RETRY' })
        return { kind: 'retry', step, error: event.data.error ?? null, retryInMs: event.data.retryInMs ?? null }
      case 'STEP_WORKER_LOST':
        this.#put({ ...step, status: 'UP_FOR_RETRY' })
        return { kind: 'lost', step }
      case 'STEP_REQUEUED':
        this.#put({ ...step, status: 'UP_FOR_RETRY' })
        return { kind: 'requeued', step, reason: event.data.reason ?? 'given back' }
      default:
        return undefined
    }
  }

  #applyToRun(event: RunEvent): undefined {
    const status = runStatuses[event.type]
    if (status === undefined) return
    this.#status = status
    this.#reason = event.data.reason ?? null
  }

  #put(step: StepView): void {
    this.#steps.set(step.key, step)
    if (step.status === 'STARTED') this.#running.set(step.key, step)
    else this.#running.delete(step.key)
  }

  #end(step: StepView): StepNews | undefined {
    const before = this.#steps.get(step.key)?.status
    this.#put(step)
    if (before === step.status) return undefined
    const count = countOf[step.status]
    if (count !== undefined) this.#counts[count] += 1
    return { kind: 'ended', step }
  }
}

const runStatuses: Readonly<Partial<Record<RunEvent['type'], RunStatus>>> = {
  RUN_QUEUED: 'QUEUED',
  RUN_STARTED: 'STARTED',
  RUN_CANCELING: 'CANCELING',
  RUN_SUCCESS: 'SUCCESS',
  RUN_FAILURE: 'FAILURE',
  RUN_CANCELED: 'CANCELED',
}

const countOf: Readonly<Partial<Record<StepStatus, 'succeeded' | 'failed' | 'skipped' | 'canceled'>>> = {
  SUCCESS: 'succeeded',
  FAILURE: 'failed',
  SKIPPED: 'skipped',
  CANCELED: 'canceled',
}

function waiting(key: string): StepView {
  return { key, status: 'WAITING', startedAt: null, durationMs: null, attempt: 0, metadata: {}, error: null, because: null }
}

function durationOf(event: RunEvent, step: StepView, time: number): number | null {
  return event.data.durationMs ?? (step.startedAt === null ? null : Math.max(0, time - step.startedAt))
}
