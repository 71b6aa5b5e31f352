import type { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import type { AnyAsset } from '../definitions/asset.ts'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import { runStep, type StepHost, type StepOutcome } from '../execution/step.ts'
import type { HeldStep, NewMaterialization, Run, StepClaim } from '../metadata/metadata-store.ts'
import { defaultHeartbeatTimeoutMs } from '../planning/run-plan.ts'
import type { StepReference, StepResult } from '../workflows/activity-contract.ts'
import { Heartbeat } from './heartbeat.ts'
import { recordedError } from './recorded-error.ts'
import { stepFailedForGood, stepGivenBack, stepUpForRetry } from './step-failure.ts'
import { StepLog } from './step-log.ts'
import { retryInMs } from './user-code-boundary.ts'
import type { WorkerParts } from './worker-parts.ts'

/** How often a step may take its worker down before it counts as failed: a step that runs out of memory would else do so for ever. */
const maximumLosses = 10

type ClaimedStep = Extract<StepClaim, { kind: 'claimed' }>

export interface AttemptOptions {
  readonly run: Run
  readonly step: StepReference
  readonly claim: ClaimedStep
  readonly context: Context
}

/** One attempt of a step that this worker has claimed. */
export class StepAttempt {
  readonly #parts: WorkerParts
  readonly #run: Run
  readonly #step: StepReference
  readonly #claim: ClaimedStep
  readonly #held: HeldStep
  readonly #context: Context
  readonly #log: StepLog
  readonly #claimedAt = Date.now()

  constructor(parts: WorkerParts, { run, step, claim, context }: AttemptOptions) {
    this.#parts = parts
    this.#run = run
    this.#step = step
    this.#claim = claim
    this.#held = { runId: step.runId, stepKey: step.stepKey, fence: claim.fence }
    this.#context = context
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
    if (asset === undefined) return this.#failed(this.#unknownAsset(), undefined)
    if (this.#claim.losses > maximumLosses) return this.#failed(this.#lostTooOften(), undefined)
    const outcome = await this.#outcome(asset)
    if ('error' in outcome) return this.#unsuccessful(outcome.error, asset)
    await this.#log.flush()
    await this.#parts.store.steps.succeeded(this.#held, [this.#materialization(asset, outcome)])
    return { recordedBefore: false }
  }

  async #outcome(asset: AnyAsset): Promise<StepOutcome | { readonly error: unknown }> {
    const heartbeat = new Heartbeat(this.#context, this.#parts.secrets)
    try {
      return await runStep(this.#host(asset, heartbeat))
    } catch (error) {
      return { error }
    } finally {
      heartbeat.stop()
    }
  }

  #host(asset: AnyAsset, heartbeat: Heartbeat): StepHost {
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
      resources: this.#parts.resources,
      lastHeartbeat: this.#context.info.heartbeatDetails as unknown,
      heartbeat: (details) => heartbeat.keep(details),
      defaultIOManager: this.#parts.defaultIOManager,
      confirm: () => this.#confirm(),
    }
  }

  /**
   * Two attempts overlap only after Temporal has missed this one's heartbeats for the whole heartbeat timeout; before
   * half of that no question is needed.
   */
  async #confirm(): Promise<void> {
    const heartbeatTimeoutMs = this.#context.info.heartbeatTimeoutMs ?? defaultHeartbeatTimeoutMs
    if (Date.now() - this.#claimedAt < heartbeatTimeoutMs / 2) return
    if (await this.#parts.store.steps.holds(this.#held)) return
    throw new AssetryError(
      'STEP_FENCED',
      `Another attempt of step "${this.#step.stepKey}" has taken over; this one may not write any more.`,
      {
        facts: { ...this.#held },
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
      await this.#parts.store.steps.canceled(this.#held).catch(ignoreFenced)
      throw new CancelledFailure(`step "${this.#step.stepKey}" was cancelled`)
    }
    if (details?.workerShutdown === true) {
      await this.#parts.store.steps.requeued(this.#held, 'the worker shut down').catch(ignoreFenced)
      throw stepGivenBack('the worker shut down')
    }
    throw stepGivenBack('Temporal gave this attempt up')
  }

  async #failed(error: unknown, asset: AnyAsset | undefined): Promise<never> {
    const recorded = recordedError(error, this.#parts.secrets)
    const delay = retryInMs(error, asset?.retries, this.#claim.failures + 1, Math.random())
    await this.#log.flush()
    await this.#parts.store.steps.failed(this.#held, recorded, delay)
    throw delay === null ? stepFailedForGood(recorded.message, recorded.stack) : stepUpForRetry(recorded, delay)
  }

  #unknownAsset(): AssetryError {
    return new AssetryError(
      'UNKNOWN_ASSET',
      `This worker's definitions have no asset "${this.#step.assetKey}", though the run was planned with it. Was it removed or renamed while the run went on?`,
      { facts: { assetKey: this.#step.assetKey, runId: this.#step.runId } },
    )
  }

  #lostTooOften(): AssetryError {
    return new AssetryError(
      'WORKER_LOST',
      `Step "${this.#step.stepKey}" lost its worker ${this.#claim.losses} times: the process ended or sent no heartbeat while the step ran. ` +
        `Does it run out of memory, end the process, or block the event loop for longer than its heartbeatTimeout?`,
      { facts: { stepKey: this.#step.stepKey, losses: this.#claim.losses } },
    )
  }
}

function ignoreFenced(error: unknown): void {
  if (!isAssetryError(error) || error.code !== 'STEP_FENCED') throw error
}
