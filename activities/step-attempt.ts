import type { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import type { AnyAsset } from '../definitions/asset.ts'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import { StepOutput } from '../execution/step-output.ts'
import { runStep, type StepHost, type StepOutcome } from '../execution/step.ts'
import type { HeldStep, NewMaterialization, Run, StepClaim } from '../metadata/metadata-store.ts'
import { defaultHeartbeatTimeoutMs } from '../planning/run-plan.ts'
import type { StepReference, StepResult } from '../workflows/activity-contract.ts'
import type { AttemptClaim } from './attempt-claim.ts'
import type { Heartbeat } from './heartbeat.ts'
import { recordedError } from './recorded-error.ts'
import { stepFailedForGood, stepGivenBack, stepUpForRetry } from './step-failure.ts'
import { StepLog } from './step-log.ts'
import { retryInMs } from './user-code-boundary.ts'
import type { WorkerParts } from './worker-parts.ts'

/** How often a step may take its worker down before it counts as failed: a step that runs out of memory would else do so for ever. */
const maximumLosses = 10

/** How often, and how far apart in milliseconds, a step is offered to other workers by one that doesn't have its asset: for half a minute. */
const triesForOthers = 20
const retryForOthersMs = 1_500

type ClaimedStep = Extract<StepClaim, { kind: 'claimed' }>

export interface AttemptOptions {
  readonly run: Run
  readonly step: StepReference
  readonly claim: AttemptClaim
  readonly context: Context
  readonly heartbeat: Heartbeat
}

/** One attempt of a step: runs it and records what came of it, under a claim that no other attempt has. */
export class StepAttempt {
  readonly #parts: WorkerParts
  readonly #run: Run
  readonly #step: StepReference
  readonly #claim: AttemptClaim
  readonly #context: Context
  readonly #heartbeat: Heartbeat
  readonly #log: StepLog

  constructor(parts: WorkerParts, { run, step, claim, context, heartbeat }: AttemptOptions) {
    this.#parts = parts
    this.#run = run
    this.#step = step
    this.#claim = claim
    this.#context = context
    this.#heartbeat = heartbeat
    const lost = (error: unknown): void => parts.warn(`The log of step "${step.stepKey}" of run ${step.runId} could not be written`, error)
    this.#log = new StepLog({
      write: (lines) =>
        parts.store.steps.log({ runId: step.runId, stepKey: step.stepKey, attempt: context.info.attempt }, lines).catch(lost),
      secrets: parts.secrets,
    })
  }

  /** Runs the step and records what came of it; throws what Temporal must know. */
  async toItsEnd(): Promise<StepResult> {
    const asset = this.#parts.definitions.assets.find((each) => each.key === this.#step.assetKey)
    if (asset === undefined) return this.#unknown()
    if (this.#claim.isAsked) await this.#refuseAfterLosses()
    const outcome = await this.#outcome(asset)
    if ('error' in outcome) return this.#unsuccessful(outcome.error, asset)
    await this.#succeeded([this.#materialization(asset, outcome)])
    return { recordedBefore: false }
  }

  async #refuseAfterLosses(): Promise<void> {
    const { losses } = await this.#claimed()
    if (losses > maximumLosses) await this.#failed(this.#lostTooOften(losses), undefined)
  }

  async #succeeded(materializations: readonly NewMaterialization[]): Promise<void> {
    // Entries of the log come in the order in which they are written: the step's start before its lines.
    if (!this.#log.isEmpty) await this.#claim.now()
    await this.#log.flush()
    const { steps } = this.#parts.store
    await this.#outlasting(async () => {
      if (this.#claim.giveUp()) await steps.completed(this.#claim.start, this.#claim.ageMs, materializations)
      else await steps.succeeded(await this.#held(), materializations)
    })
  }

  /** The value is made and saved: as long as nobody takes the step away, the store is waited for, however long it is gone. */
  async #outlasting(record: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await record()
      } catch (error) {
        const isAway = isAssetryError(error) && error.code === 'STORE_UNREACHABLE'
        if (!isAway || this.#context.cancellationSignal.aborted) throw error
      }
    }
  }

  /** Another worker of this queue may have newer or older definitions, as in a rolling update: it is given time to take the step. */
  async #unknown(): Promise<never> {
    if (this.#context.info.attempt > triesForOthers) return this.#failed(this.#unknownAsset(), undefined)
    if (!this.#claim.giveUp()) await this.#leave((held) => this.#parts.store.steps.requeued(held, 'the worker has no such asset'))
    throw stepGivenBack('this worker has no such asset', retryForOthersMs)
  }

  async #claimed(): Promise<ClaimedStep> {
    const claim = await this.#claim.now()
    if (claim.kind === 'claimed') return claim
    throw this.#fenced()
  }

  /** What every record but a quick success needs. @throws `STEP_FENCED` where the step has ended without this attempt */
  async #held(): Promise<HeldStep> {
    const { fence } = await this.#claimed()
    return { runId: this.#step.runId, stepKey: this.#step.stepKey, fence }
  }

  async #outcome(asset: AnyAsset): Promise<StepOutcome | { readonly error: unknown }> {
    try {
      return await runStep(this.#host(asset))
    } catch (error) {
      return { error }
    }
  }

  #host(asset: AnyAsset): StepHost {
    const { runId, jobName, tags, runConfig, partitionKey } = this.#run
    return {
      definitions: this.#parts.definitions,
      asset,
      run: { id: runId, jobName: jobName ?? undefined, tags },
      runConfig,
      partitionKeys: partitionKey === null ? [] : [partitionKey],
      attempt: this.#context.info.attempt,
      signal: this.#context.cancellationSignal,
      log: this.#log,
      output: this.#output(),
      resources: this.#parts.resources,
      lastHeartbeat: this.#context.info.heartbeatDetails as unknown,
      heartbeat: (details) => this.#heartbeat.keep(details),
      defaultIOManager: this.#parts.defaultIOManager,
      confirm: () => this.#confirm(),
    }
  }

  #output(): StepOutput {
    const { secrets, onOutput } = this.#parts
    return new StepOutput((line) => {
      const text = secrets.text(line.text)
      this.#log.add({ source: line.source, level: line.level, message: text })
      onOutput({ ...line, text })
    })
  }

  /**
   * Two attempts overlap only after Temporal has missed this one's heartbeats for the whole heartbeat timeout; before
   * half of that no question is needed.
   */
  async #confirm(): Promise<void> {
    if (this.#claim.isAsked) await this.#claimed()
    const heartbeatTimeoutMs = this.#context.info.heartbeatTimeoutMs ?? defaultHeartbeatTimeoutMs
    if (this.#claim.ageMs < heartbeatTimeoutMs / 2) return
    if (!(await this.#parts.store.steps.holds(await this.#held()))) throw this.#fenced()
  }

  #fenced(): AssetryError {
    const { runId, stepKey } = this.#step
    return new AssetryError(
      'STEP_FENCED',
      `Another attempt of step "${stepKey}" has taken over or ended it; this one may not write any more.`,
      {
        facts: { runId, stepKey },
      },
    )
  }

  #materialization(asset: AnyAsset, outcome: StepOutcome): NewMaterialization {
    return {
      assetKey: asset.key,
      partitionKey: this.#run.partitionKey,
      metadata: this.#parts.secrets.json(outcome.metadata),
      tags: this.#parts.secrets.json(outcome.tags),
      codeVersion: asset.codeVersion ?? null,
      dataVersion: outcome.dataVersion === undefined ? null : this.#parts.secrets.text(outcome.dataVersion),
    }
  }

  /** What to do about an error: it may be the step's own, or the sign that this attempt is no longer wanted. */
  async #unsuccessful(error: unknown, asset: AnyAsset): Promise<never> {
    if (isAssetryError(error) && error.code === 'STEP_FENCED') throw stepGivenBack(error.message)
    // Nobody can be told that this attempt ended: the next one finds it lost.
    if (isAssetryError(error) && error.code === 'STORE_UNREACHABLE') throw error
    if (this.#context.cancellationSignal.aborted) return this.#interrupted()
    return this.#failed(error, asset)
  }

  async #interrupted(): Promise<never> {
    await this.#log.flush()
    const details = this.#context.cancellationDetails
    if (details?.cancelRequested === true) {
      await this.#leave((held) => this.#parts.store.steps.canceled(held))
      throw new CancelledFailure(`step "${this.#step.stepKey}" was cancelled`)
    }
    if (details?.workerShutdown === true) {
      await this.#leave((held) => this.#parts.store.steps.requeued(held, 'the worker shut down'))
      throw stepGivenBack('the worker shut down')
    }
    throw stepGivenBack('Temporal gave this attempt up')
  }

  /** Records that this attempt is over, unless another one has taken the step over. */
  async #leave(record: (held: HeldStep) => Promise<void>): Promise<void> {
    try {
      await record(await this.#held())
    } catch (error) {
      if (!isAssetryError(error) || error.code !== 'STEP_FENCED') throw error
    }
  }

  async #failed(error: unknown, asset: AnyAsset | undefined): Promise<never> {
    const recorded = recordedError(error, this.#parts.secrets)
    const { failures } = await this.#claimed()
    const delay = retryInMs(error, asset?.retries, failures + 1, Math.random())
    await this.#log.flush()
    await this.#parts.store.steps.failed(await this.#held(), recorded, delay)
    throw delay === null ? stepFailedForGood(recorded.message, recorded.stack) : stepUpForRetry(recorded, delay)
  }

  #unknownAsset(): AssetryError {
    return new AssetryError(
      'UNKNOWN_ASSET',
      `This worker's definitions have no asset "${this.#step.assetKey}", though the run was planned with it. Was it removed or renamed while the run went on?`,
      { facts: { assetKey: this.#step.assetKey, runId: this.#step.runId } },
    )
  }

  #lostTooOften(losses: number): AssetryError {
    return new AssetryError(
      'WORKER_LOST',
      `Step "${this.#step.stepKey}" lost its worker ${losses} times: the process ended or sent no heartbeat while the step ran. ` +
        `Does it run out of memory, end the process, or block the event loop for longer than its heartbeatTimeout?`,
      { facts: { stepKey: this.#step.stepKey, losses } },
    )
  }
}
