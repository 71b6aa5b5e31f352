import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import { upstreamPartitions } from '../definitions/partition-mappings/upstream-partitions.ts'
import type { LatestRecord } from '../definitions/check-context.ts'
import { assetByKey } from '../execution/asset-index.ts'
import type { AssetHistory } from '../execution/asset-history.ts'
import { runStep } from '../execution/step.ts'
import { StepOutput } from '../execution/step-output.ts'
import type { EndedOp, StepHost } from '../execution/step-host.ts'
import type { StepOutcome } from '../execution/step-outcome.ts'
import { neededDynamicNames, specOf, stepPartitionKeys } from '../execution/step-partitions.ts'
import type { StepTarget } from '../execution/step-target.ts'
import { type StepWork, stepWork } from '../execution/step-work.ts'
import { retryInMs } from '../execution/user-code-boundary.ts'
import type { Materialization } from '../metadata/stores/materialization-store.ts'
import type { Observation } from '../metadata/stores/observation-store.ts'
import type { RecordedError } from '../metadata/stores/recorded-error.ts'
import type { Run } from '../metadata/stores/run-store.ts'
import type { HeldStep, StepClaim, StepRecording } from '../metadata/stores/step-store.ts'
import { keysOfRanges } from '../planning/partition-order.ts'
import { defaultHeartbeatTimeoutMs, type StepKind } from '../planning/run-plan.ts'
import type { StepReference, StepResult } from '../workflows/activity-contract.ts'
import type { AttemptClaim } from './attempt-claim.ts'
import { BatchedStep } from './batched-step.ts'
import type { Heartbeat } from './heartbeat.ts'
import { PartitionedStep, type PartitionedStepOptions } from './partitioned-step.ts'
import { partitionsFailed } from './partition-results.ts'
import { recordedError } from './recorded-error.ts'
import { stepFailedForGood, stepGivenBack, stepUpForRetry } from './step-failure.ts'
import { StepLog } from './step-log.ts'
import { stepRecording } from './step-recording.ts'
import type { WorkerParts } from './worker-parts.ts'

/** How often a step may take its worker down before it counts as failed: a step that runs out of memory would else do so for ever. */
const maximumLosses = 10

/** How often, and how far apart in milliseconds, a step is offered to other workers by one whose definitions don't have it: for half a minute. */
const triesForOthers = 20
const retryForOthersMs = 1_500

/** Between two tries to record while the store is away, each of which lasts as long as the store's own patience. Unit: milliseconds. */
const awayPauseMs = 1_000

type ClaimedStep = Extract<StepClaim, { kind: 'claimed' }>

export interface AttemptOptions {
  readonly run: Run
  readonly kind: StepKind
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
  readonly #target: StepTarget
  readonly #claim: AttemptClaim
  readonly #context: Context
  readonly #heartbeat: Heartbeat
  readonly #log: StepLog
  #dynamicKeys: DynamicKeys | undefined
  #own: { readonly keys: readonly string[] | undefined } | undefined
  /** When the store last said, by taking a record or being asked, that this attempt has the step. As `performance.now()` has it. */
  #confirmedAt = 0

  constructor(parts: WorkerParts, { run, kind, step, claim, context, heartbeat }: AttemptOptions) {
    this.#parts = parts
    this.#run = run
    this.#step = step
    this.#target = { ...step, kind }
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
    const work = this.#work()
    if ('unknown' in work) return this.#unknown(work.unknown)
    const keys = this.#ownKeys()
    const dynamicNames = neededDynamicNames(this.#parts.definitions, this.#target)
    if (dynamicNames.length > 0) this.#dynamicKeys = await this.#parts.store.dynamicPartitions.keysOf(dynamicNames)
    const lost = this.#claim.isAsked ? await this.#refusedAfterLosses() : undefined
    if (lost !== undefined) return lost
    if (keys !== undefined && (keys.length !== 1 || (await this.#isBlocked(keys)))) return this.#manyToTheirEnd(work, keys)
    const outcome = await this.#outcome(work)
    if ('error' in outcome) return this.#unsuccessful(outcome.error, work)
    await this.#record(stepRecording(outcome, this.#partitionKeys()[0] ?? null, this.#parts.secrets))
    if (outcome.failure !== undefined) return this.#failedForGood(this.#parts.secrets.text(outcome.failure.message))
    this.#remember(outcome, this.#partitionKeys()[0])
    return { recordedBefore: false, ...(outcome.outputs !== undefined && { outputs: outcome.outputs }) }
  }

  /** Of a step with partitions of its own a failure is that of its partitions: what comes after it leaves out just these. */
  #failedForGood(message: string, stack?: string | null): StepResult {
    if (this.#step.partitions !== undefined) return { recordedBefore: false, failedPartitions: 1 }
    throw stepFailedForGood(message, stack)
  }

  /** The partitions that the step itself names; undefined where it is for that of the run. */
  #ownKeys(): readonly string[] | undefined {
    this.#own ??= { keys: this.#expandedKeys() }
    return this.#own.keys
  }

  #expandedKeys(): readonly string[] | undefined {
    const { partitions } = this.#step
    const spec = specOf(this.#parts.definitions, this.#target)
    return partitions === undefined || spec === undefined ? undefined : [...keysOfRanges(spec, partitions, { now: this.#run.createdAt })]
  }

  /** Whether the run has failed to make one that these partitions need. What this worker has made itself need not be asked for. */
  async #isBlocked(keys: readonly string[]): Promise<boolean> {
    const { needs = [], runId, inOrder } = this.#step
    if (inOrder === true) return true
    const unknown = needs.filter((need) => keys.some((key) => !this.#parts.dataVersions.isRecorded(runId, need, key)))
    if (unknown.length === 0) return false
    const failed = await this.#parts.store.backfills.failedKeys({ runId }, unknown)
    return keys.some((key) => unknown.some((need) => failed.get(need)?.has(key)))
  }

  async #manyToTheirEnd(work: StepWork, keys: readonly string[]): Promise<StepResult> {
    try {
      return await this.#many(work, keys)
    } catch (error) {
      return this.#unsuccessful(error, work)
    }
  }

  async #many(work: StepWork, keys: readonly string[]): Promise<StepResult> {
    const { store, secrets } = this.#parts
    const { runId, stepKey, needs = [], inOrder = false } = this.#step
    const held = await this.#held()
    const made = this.#assetKeys()
    const { backfillId } = this.#run
    const isChained = inOrder && made.some((key) => needs.includes(key))
    const [before, failed, broken] = await Promise.all([
      store.backfills.recordedKeys(runId, stepKey),
      store.backfills.failedKeys({ runId }, needs),
      isChained ? store.backfills.failedKeys(backfillId === null ? { runId } : { backfillId }, made) : undefined,
    ])
    const options: PartitionedStepOptions = {
      work,
      keys: keys.filter((key) => !before.made.has(key) && !before.failed.has(key)),
      assetKeys: made,
      because: (key) => needs.find((need) => failed.get(need)?.has(key)),
      inOrder,
      ownNeeds: (key) => (isChained ? this.#ownNeeds(made, key) : []),
      ownFailed: new Set(made.flatMap((key) => [...(broken?.get(key) ?? [])])),
      hostOf: (some) => this.#host(some),
      secrets,
      signal: this.#context.cancellationSignal,
      record: (recording) =>
        this.#outlasting(async () => {
          await store.steps.recordPartitions(held, recording)
          this.#confirmedAt = performance.now()
          for (const { partitionKey, ...each } of recording.materializations) this.#parts.dataVersions.recorded(runId, [each], partitionKey)
        }),
      onDone: (count) => this.#heartbeat.place({ done: before.made.size + before.failed.size + count, of: keys.length }),
    }
    const step = work.batch === undefined ? new PartitionedStep(options) : new BatchedStep(options, work.batch)
    const failedPartitions = before.failed.size + (await step.toItsEnd())
    const failure =
      failedPartitions === 0 ? {} : { failure: recordedError(partitionsFailed(stepKey, failedPartitions, keys.length), secrets) }
    await this.#outlasting(async () => {
      await this.#log.flush()
      await store.steps.succeeded(held, failure)
    })
    return { recordedBefore: false, ...(failedPartitions > 0 && { failedPartitions }) }
  }

  #assetKeys(): readonly string[] {
    const { assetKey, assetKeys } = this.#step
    return assetKeys ?? (assetKey === undefined ? [] : [assetKey])
  }

  /** The partitions that one needs of the same assets. */
  #ownNeeds(assetKeys: readonly string[], key: string): readonly string[] {
    const assets = assetKeys.map((each) => assetByKey(this.#parts.definitions, each))
    return assets.flatMap((asset) => {
      const { partitions, selfMapping } = asset ?? {}
      if (partitions === undefined || selfMapping === undefined) return []
      const { spec } = partitions
      return upstreamPartitions(selfMapping, { key, own: spec, upstream: spec }, { now: this.#run.createdAt }).keys
    })
  }

  #remember({ made }: StepOutcome, partitionKey: string | undefined): void {
    this.#parts.dataVersions.recorded(this.#step.runId, made, partitionKey ?? null)
  }

  #work(): StepWork | { readonly unknown: AssetryError } {
    try {
      return stepWork(this.#parts.definitions, this.#target, this.#run.jobName ?? undefined)
    } catch (error) {
      if (isAssetryError(error)) return { unknown: error }
      throw error
    }
  }

  async #refusedAfterLosses(): Promise<StepResult | undefined> {
    const { losses } = await this.#claimed()
    return losses > maximumLosses ? this.#failed(this.#lostTooOften(losses), undefined) : undefined
  }

  async #record(recording: StepRecording): Promise<void> {
    const { steps } = this.#parts.store
    await this.#outlasting(async () => {
      // Entries of the log come in the order in which they are written: the step's start before its lines.
      if (!this.#log.isEmpty) await this.#claim.now()
      await this.#log.flush()
      if (this.#claim.giveUp()) await steps.completed(this.#claim.start, this.#claim.ageMs, recording)
      else await steps.succeeded(await this.#held(), recording)
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
        // A store that refuses to let anybody in says so at once.
        await pause(awayPauseMs)
      }
    }
  }

  /** Another worker of this queue may have newer or older definitions, as in a rolling update: it is given time to take the step. */
  async #unknown(error: AssetryError): Promise<StepResult> {
    if (this.#context.info.attempt > triesForOthers) return this.#failed(error, undefined)
    if (!this.#claim.giveUp())
      await this.#leave((held) => this.#parts.store.steps.requeued(held, 'the definitions of the worker have no such step'))
    throw stepGivenBack("this worker's definitions have no such step", retryForOthersMs)
  }

  async #claimed(): Promise<ClaimedStep> {
    const claim = await this.#claim.now()
    if (claim.kind === 'claimed') return claim
    throw this.#fenced()
  }

  /** What every record but a quick success needs. @throws `STEP_FENCED` where the step has ended without this attempt */
  async #held(): Promise<HeldStep> {
    const { fence } = await this.#claimed()
    const isOfMany = (this.#ownKeys()?.length ?? 1) !== 1
    return {
      runId: this.#step.runId,
      stepKey: this.#step.stepKey,
      fence,
      partitionKey: isOfMany ? null : (this.#partitionKeys()[0] ?? null),
    }
  }

  async #outcome(work: StepWork): Promise<StepOutcome | { readonly error: unknown }> {
    try {
      return await runStep(this.#host(), work)
    } catch (error) {
      return { error }
    }
  }

  #host(partitionKeys = this.#partitionKeys()): StepHost {
    const { runId, jobName, tags, runConfig } = this.#run
    const { definitions, resources, defaultIOManager } = this.#parts
    return {
      definitions,
      target: this.#target,
      run: { id: runId, jobName: jobName ?? undefined, tags },
      runConfig,
      partitionKeys,
      now: this.#run.createdAt,
      dynamicKeys: this.#dynamicKeys,
      attempt: this.#context.info.attempt,
      signal: this.#context.cancellationSignal,
      log: this.#log,
      output: this.#output(),
      resources,
      lastHeartbeat: this.#context.info.heartbeatDetails as unknown,
      heartbeat: (details) => this.#heartbeat.keep(details),
      defaultIOManager,
      confirm: () => this.#confirm(),
      endedOps: (stepKeys) => this.#endedOps(stepKeys),
      dataVersions: (data) => this.#parts.dataVersions.of(runId, data),
      history: (assetKey) => this.#history(assetKey, partitionKeys[0]),
    }
  }

  #partitionKeys(): readonly string[] {
    return this.#ownKeys()?.slice(0, 1) ?? stepPartitionKeys(this.#parts.definitions, this.#target, this.#run.partitionKey ?? undefined)
  }

  async #endedOps(stepKeys: readonly string[]): Promise<ReadonlyMap<string, EndedOp>> {
    const ended = await this.#parts.store.steps.ended(this.#step.runId, stepKeys)
    return new Map([...ended].map(([key, { status, outputs }]) => [key, { succeeded: status === 'SUCCESS', outputs }]))
  }

  async #history(assetKey: string, partitionKey: string | undefined): Promise<AssetHistory> {
    const [status] = await this.#parts.store.partitions.statuses(assetKey, [partitionKey ?? null])
    return {
      latestMaterialization: latestRecord(status?.lastMaterialization),
      latestObservation: latestRecord(status?.lastObservation),
      dataVersionAt: status?.dataVersionAt ?? undefined,
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
    if (performance.now() - Math.max(this.#confirmedAt, performance.now() - this.#claim.ageMs) < heartbeatTimeoutMs / 2) return
    if (!(await this.#parts.store.steps.holds(await this.#held()))) throw this.#fenced()
    this.#confirmedAt = performance.now()
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

  /** What to do about an error: it may be the step's own, or the sign that this attempt is no longer wanted. */
  async #unsuccessful(error: unknown, work: StepWork): Promise<StepResult> {
    if (isAssetryError(error) && error.code === 'STEP_FENCED') throw stepGivenBack(error.message)
    // Nobody can be told that this attempt ended: the next one finds it lost.
    if (isAssetryError(error) && error.code === 'STORE_UNREACHABLE') throw error
    if (this.#context.cancellationSignal.aborted) return this.#interrupted()
    return this.#failed(error, work)
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

  async #failed(error: unknown, work: StepWork | undefined): Promise<StepResult> {
    const recorded = recordedError(error, this.#parts.secrets)
    const { failures } = await this.#claimed()
    const delay = retryInMs(error, work?.computation.retries, failures + 1, Math.random())
    await this.#log.flush()
    if (delay === null && (this.#ownKeys()?.length ?? 1) !== 1) return this.#allFailed(recorded)
    await this.#parts.store.steps.failed(await this.#held(), recorded, delay)
    if (delay !== null) throw stepUpForRetry(recorded, delay)
    return this.#failedForGood(recorded.message, recorded.stack)
  }

  /** A step of many partitions that fails as a whole has failed to make those that are not recorded yet. */
  async #allFailed(failure: RecordedError): Promise<StepResult> {
    const { runId, stepKey } = this.#step
    const { steps, backfills } = this.#parts.store
    const { made, failed } = await backfills.recordedKeys(runId, stepKey)
    const left = (this.#ownKeys() ?? []).filter((key) => !made.has(key) && !failed.has(key))
    const assets = this.#assetKeys()
    const failures = left.flatMap((partitionKey) =>
      assets.map((key) => ({ assetKey: key, partitionKey, kind: 'FAILED' as const, error: failure })),
    )
    const held = await this.#held()
    await steps.recordPartitions(held, { materializations: [], checks: [], failures })
    await steps.succeeded(held, { failure })
    return { recordedBefore: false, failedPartitions: left.length + failed.size }
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

function latestRecord(event: Materialization | Observation | null | undefined): LatestRecord | undefined {
  return event ? { time: event.time, metadata: event.metadata, dataVersion: event.dataVersion ?? undefined } : undefined
}
