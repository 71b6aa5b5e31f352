import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { Metadata } from '../definitions/metadata-value.ts'
import type { SkippedStep } from '../planning/skipped-step.ts'
import type { LatestRecord } from '../definitions/check-context.ts'
import type { AssetHistory } from './asset-history.ts'
import type { EndedOp, VersionedData } from './step-host.ts'
import type { EvaluatedCheck, MadeAsset, ObservedAsset, StepOutcome } from './step-outcome.ts'
import type { StepTarget } from './step-target.ts'

/** A step of an in-process run that failed. */
export interface InProcessFailure {
  readonly stepKey: string
  /** The asset that it makes or checks, if it is about one. */
  readonly assetKey: AssetKey | undefined
  /** What the user's code threw, as it was thrown. */
  readonly error: unknown
}

/** An attempt that failed and was tried again. */
export interface InProcessRetry {
  readonly stepKey: string
  /** Which attempt it was that failed: 1 for the first. */
  readonly attempt: number
  readonly error: unknown
}

/** What an in-process run gathers while it goes on. */
export class InProcessRecord {
  readonly runId: string
  readonly failures: InProcessFailure[] = []
  readonly retries: InProcessRetry[] = []
  readonly observations: ObservedAsset[] = []
  readonly checks: EvaluatedCheck[] = []
  /** Steps that never started. */
  readonly skippedSteps: SkippedStep[] = []
  readonly #made = new Map<AssetKey, MadeAsset>()
  readonly #times = new Map<AssetKey, Date>()
  readonly #ops = new Map<string, StepOutcome>()

  readonly #partitionKey: string | undefined

  constructor(runId: string, partitionKey?: string) {
    this.runId = runId
    this.#partitionKey = partitionKey
  }

  get made(): readonly MadeAsset[] {
    return [...this.#made.values()]
  }

  /** Whether every step that ran ended well. */
  get success(): boolean {
    return this.failures.length === 0
  }

  ended(target: StepTarget, outcome: StepOutcome): void {
    for (const made of outcome.made) this.#made.set(made.assetKey, made)
    for (const { assetKey } of [...outcome.made, ...outcome.observed]) this.#times.set(assetKey, new Date())
    this.observations.push(...outcome.observed)
    this.checks.push(...outcome.checks)
    if (target.kind === 'op') this.#ops.set(target.stepKey, outcome)
  }

  failed({ stepKey, assetKey }: StepTarget, error: unknown): void {
    this.failures.push({ stepKey, assetKey, error })
  }

  retried({ stepKey }: StepTarget, attempt: number, error: unknown): void {
    this.retries.push({ stepKey, attempt, error })
  }

  skipped(steps: readonly SkippedStep[]): void {
    this.skippedSteps.push(...steps)
  }

  endedOps(stepKeys: readonly string[]): ReadonlyMap<string, EndedOp> {
    return new Map(stepKeys.flatMap((key) => (this.#ops.has(key) ? [[key, endedOp(this.#ops.get(key))] as const] : [])))
  }

  /** What is known of these in this run, which knows nothing of other partitions than its own. */
  dataVersions(data: readonly VersionedData[]): readonly (string | null)[] {
    return data.map(({ assetKey: key, partitionKey }) =>
      partitionKey !== null && partitionKey !== this.#partitionKey
        ? null
        : (this.#made.get(key)?.dataVersion ?? this.#observed(key)?.dataVersion ?? null),
    )
  }

  history(assetKey: AssetKey): AssetHistory {
    const made = this.#made.get(assetKey)
    const observed = this.#observed(assetKey)
    const time = this.#times.get(assetKey)
    return {
      latestMaterialization: made && time && latestRecord(made, time),
      latestObservation: observed && time && latestRecord(observed, time),
      dataVersionAt: time,
    }
  }

  /** What the run made of an asset. @throws `OUTPUT_MISSING` with the reason why it is not there */
  madeOf(asset: AnyAsset | AssetKey): MadeAsset {
    const key = typeof asset === 'string' ? asset : asset.key
    const made = this.#made.get(key)
    if (made !== undefined) return made
    const skipped = this.skippedSteps.find((step) => step.assetKey === key)
    const instead = { otherwise: 'was not materialized by this run', there: 'Materialized', list: [...this.#made.keys()] }
    throw this.#missing(`Asset "${key}"`, { assetKey: key, stepKey: key, because: skipped?.because, ...instead })
  }

  /** The values that an op's step gave, by output. @throws `OUTPUT_MISSING` */
  opValues(stepKey: string): Readonly<Record<string, unknown>> {
    const outcome = this.#ops.get(stepKey)
    if (outcome !== undefined) return outcome.values
    const skipped = this.skippedSteps.find((step) => step.stepKey === stepKey)
    const list = [...this.#ops.keys()]
    const instead = { otherwise: 'is not among the steps that this run did', there: 'Done', list }
    throw this.#missing(`Op "${stepKey}"`, { assetKey: undefined, stepKey, because: skipped?.because, ...instead })
  }

  /** Metadata of what the run made of an asset. @throws `OUTPUT_MISSING` */
  metadataOf(asset: AnyAsset | AssetKey): Metadata {
    return this.madeOf(asset).metadata
  }

  #observed(assetKey: AssetKey): ObservedAsset | undefined {
    return this.observations.findLast((each) => each.assetKey === assetKey)
  }

  #missing(what: string, { assetKey, stepKey, because, otherwise, there, list }: MissingOutput): AssetryError {
    const failure = this.failures.find(
      (each) => each.stepKey === (because ?? stepKey) || (assetKey !== undefined && each.assetKey === assetKey),
    )
    return new AssetryError(
      'OUTPUT_MISSING',
      `${what} ${reasonOf(because, failure) ?? otherwise}. ${there}: ${list.join(', ') || 'none'}.`,
      {
        facts: { ...(assetKey === undefined ? { stepKey } : { assetKey }), ...(because !== undefined && { because }) },
        cause: failure?.error,
      },
    )
  }
}

interface MissingOutput {
  readonly assetKey: AssetKey | undefined
  readonly stepKey: string
  readonly because: string | undefined
  /** What is said where it neither failed nor was skipped. */
  readonly otherwise: string
  /** What there is instead: a word, and which. */
  readonly there: string
  readonly list: readonly string[]
}

function reasonOf(because: string | undefined, failure: InProcessFailure | undefined): string | undefined {
  if (because !== undefined) {
    return failure === undefined
      ? `was skipped because "${because}" left out what it needs`
      : `was skipped because "${because}" failed; the error is the cause of this one`
  }
  return failure && 'failed in this run; the error is the cause of this one'
}

function endedOp(outcome: StepOutcome | undefined): EndedOp {
  return { succeeded: true, outputs: outcome?.outputs ?? null }
}

function latestRecord(
  { metadata, dataVersion }: { readonly metadata: Metadata; readonly dataVersion: string | null },
  time: Date,
): LatestRecord {
  return { time, metadata, dataVersion: dataVersion ?? undefined }
}
