import type { CheckSeverity, Metadata, RecordedError, RunEvent, RunStatus, RunStep, StepStatus } from '../../client/index.ts'

/** What a check found, as the terminal shows it. */
export interface CheckView {
  readonly name: string
  readonly passed: boolean
  readonly severity: CheckSeverity
  readonly blocking: boolean
  readonly description: string | null
  readonly metadata: Metadata
}

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
  /** SKIPPED: the step on whose account, and why. */
  readonly because: string | null
  readonly why: RunStep['why']
  /** Assets that it has made. */
  readonly made: readonly string[]
  /** What it found, where it is a check. */
  readonly check: CheckView | null
  /** Version of the data that it found, where it looked at an asset. */
  readonly observed: { readonly dataVersion: string | null } | null
}

/** What an event changed: a step that ended, or something that happened to one on its way. */
export type StepNews =
  /** A step that made an asset is told under the asset's key, one that made several once for each. */
  | { readonly kind: 'ended'; readonly step: StepView }
  /** A check that an asset's own step reports did not pass, and does not fail the step. */
  | { readonly kind: 'checked'; readonly step: StepView; readonly check: CheckView }
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
  #stepCount: number
  #longestKey = ''
  /** Keys in the plan of mapped steps of which one has been seen: further ones are more than the plan counts. */
  readonly #mapped = new Set<string>()
  #reason: string | null = null

  constructor(run: { readonly status: RunStatus; readonly stepCount: number; readonly assetKeys: readonly string[] }) {
    this.#status = run.status
    this.#stepCount = run.stepCount
    for (const key of run.assetKeys) this.#remember(waiting(key))
  }

  get status(): RunStatus {
    return this.#status
  }

  /** Why the run ended, where that was not its own doing. */
  get reason(): string | null {
    return this.#reason
  }

  /** The longest key of the steps that are known so far. */
  get longestKey(): string {
    return this.#longestKey
  }

  /** The steps that are known: one for each asset of the run, and those of other kinds once they have begun. */
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
    const step = this.#steps.get(event.stepKey) ?? this.#appeared(event.stepKey)
    const time = Date.parse(event.time)
    switch (event.type) {
      case 'STEP_START':
        this.#put({ ...step, status: 'STARTED', startedAt: time, attempt: event.attempt ?? step.attempt + 1 })
        return undefined
      case 'ASSET_MATERIALIZATION':
        return this.#made(event, step, time)
      case 'ASSET_OBSERVATION':
        return this.#found(event, { ...step, observed: { dataVersion: event.data.dataVersion ?? null } }, time)
      case 'ASSET_CHECK_EVALUATION':
        return this.#checked(checkOf(event), event, step, time)
      case 'STEP_SUCCESS':
        return this.#end({ ...step, status: 'SUCCESS', durationMs: durationOf(event, step, time), metadata: event.data.metadata ?? {} })
      case 'STEP_FAILURE':
        return this.#end({ ...step, status: 'FAILURE', durationMs: durationOf(event, step, time), error: event.data.error ?? null })
      case 'STEP_SKIPPED':
        return this.#end({ ...step, status: 'SKIPPED', because: event.data.because ?? null, why: event.data.why ?? null })
      case 'STEP_CANCELED':
        return this.#end({ ...step, status: 'CANCELED', durationMs: durationOf(event, step, time) })
      default:
        return this.#again(event, step)
    }
  }

  /** An attempt is over, and another one follows. */
  #again({ type, data }: RunEvent, step: StepView): StepNews | undefined {
    if (type !== 'STEP_UP_FOR_RETRY' && type !== 'STEP_WORKER_LOST' && type !== 'STEP_REQUEUED') return undefined
    this.#put({ ...step, status: 'UP_FOR_RETRY' })
    if (type === 'STEP_WORKER_LOST') return { kind: 'lost', step }
    if (type === 'STEP_REQUEUED') return { kind: 'requeued', step, reason: data.reason ?? 'given back' }
    return { kind: 'retry', step, error: data.error ?? null, retryInMs: data.retryInMs ?? null }
  }

  #applyToRun(event: RunEvent): undefined {
    const status = runStatuses[event.type]
    if (status === undefined) return
    this.#status = status
    this.#reason = event.data.reason ?? null
  }

  /** A step that was not known: an op, a check, a look at an asset, or one of those that a mapped op has. */
  #appeared(key: string): StepView {
    const end = key.endsWith(']') ? key.indexOf('[') : -1
    if (end >= 0) {
      const planned = key.slice(0, end)
      if (this.#mapped.has(planned)) this.#stepCount += 1
      this.#mapped.add(planned)
    }
    return waiting(key)
  }

  #made(event: RunEvent, step: StepView, time: number): StepNews | undefined {
    const key = event.assetKey ?? step.key
    if (step.made.includes(key)) return undefined
    const made = { ...step, made: [...step.made, key], metadata: event.data.metadata ?? {}, durationMs: durationOf(event, step, time) }
    this.#end({ ...made, status: 'SUCCESS' })
    return { kind: 'ended', step: { ...made, status: 'SUCCESS', key } }
  }

  #found(event: RunEvent, step: StepView, time: number): StepNews | undefined {
    if (step.status === 'SUCCESS') return undefined
    return this.#end({ ...step, status: 'SUCCESS', durationMs: durationOf(event, step, time), metadata: event.data.metadata ?? {} })
  }

  #checked(check: CheckView, event: RunEvent, step: StepView, time: number): StepNews | undefined {
    // The step's failure comes right behind it, and is what is told.
    if (isBlocked(check)) return undefined
    if (step.status !== 'SUCCESS') return this.#found(event, { ...step, check }, time)
    return check.passed || step.check !== null ? undefined : { kind: 'checked', step, check }
  }

  #put(step: StepView): void {
    this.#remember(step)
    if (step.status === 'STARTED') this.#running.set(step.key, step)
    else this.#running.delete(step.key)
  }

  #remember(step: StepView): void {
    this.#steps.set(step.key, step)
    if (step.key.length > this.#longestKey.length) this.#longestKey = step.key
  }

  #end(step: StepView): StepNews | undefined {
    const before = this.#steps.get(step.key)?.status
    this.#put(step)
    if (before === step.status) return undefined
    // A step that made its asset fails after all where a blocking check of it did not pass.
    this.#count(before, -1)
    this.#count(step.status, 1)
    return { kind: 'ended', step }
  }

  #count(status: StepStatus | undefined, change: 1 | -1): void {
    const count = status === undefined ? undefined : countOf[status]
    if (count !== undefined) this.#counts[count] += change
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
  const nothing = { metadata: {}, error: null, because: null, why: null, made: [], check: null, observed: null }
  return { key, status: 'WAITING', startedAt: null, durationMs: null, attempt: 0, ...nothing }
}

function checkOf({ data }: RunEvent): CheckView {
  const { checkName = '', passed = false, severity = 'ERROR', blocking = false, description = null, metadata = {} } = data
  return { name: checkName, passed, severity, blocking, description, metadata }
}

function isBlocked({ passed, severity, blocking }: CheckView): boolean {
  return blocking && !passed && severity === 'ERROR'
}

function durationOf(event: RunEvent, step: StepView, time: number): number | null {
  return event.data.durationMs ?? (step.startedAt === null ? null : Math.max(0, time - step.startedAt))
}
