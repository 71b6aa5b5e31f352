import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunConfig } from '../definitions/config.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { RunPlan } from '../planning/run-plan.ts'
import { RunProgress } from '../planning/run-progress.ts'
import { consoleLogger } from './console-logger.ts'
import { InProcessRecord } from './in-process-record.ts'
import { ResourcePool } from './resource-pool.ts'
import type { SecretMask } from './secret-mask.ts'
import { runStep } from './step.ts'
import type { StepHost } from './step-host.ts'
import type { StepOutcome } from './step-outcome.ts'
import { stepPartitionKeys } from './step-partitions.ts'
import { stepTarget, type StepTarget } from './step-target.ts'
import { stepWork, type StepWork } from './step-work.ts'
import { retryInMs } from './user-code-boundary.ts'

/** What an in-process run needs. */
export interface InProcessRunOptions {
  readonly definitions: Definitions
  readonly plan: RunPlan
  /** The graph job, if it is one. */
  readonly jobName: string | undefined
  readonly runConfig: RunConfig
  readonly tags: Readonly<Record<string, string>>
  /** The partition that it is for, if it is for one. */
  readonly partitionKey?: string | undefined
  /** The keys of dynamic partitions. */
  readonly dynamicKeys?: DynamicKeys | undefined
  readonly ioManager: IOManager
  readonly secrets: SecretMask
  readonly signal: AbortSignal
  /** Whether the first error ends the run and is thrown as it is. */
  readonly raiseOnError: boolean
}

/** A run in this process: one step after another, without Temporal and without a record of the run. */
export class InProcessRun {
  readonly #options: InProcessRunOptions
  readonly #resources: ResourcePool
  readonly #record: InProcessRecord
  readonly #now = new Date()

  constructor(options: InProcessRunOptions) {
    this.#options = options
    this.#record = new InProcessRecord(randomUUID(), options.partitionKey)
    this.#resources = new ResourcePool(process.env, options.secrets)
  }

  async toItsEnd(): Promise<InProcessRecord> {
    const progress = new RunProgress(this.#options.plan.steps)
    try {
      for (let instance = progress.take(); instance !== undefined; instance = progress.take()) await this.#step(progress, instance)
    } finally {
      await this.#resources.close()
    }
    this.#record.skipped(progress.skipped())
    return this.#record
  }

  async #step(progress: RunProgress, instance: number): Promise<void> {
    const { step, key, mappingKeys } = progress.stepOf(instance)
    const target = stepTarget(step, key, mappingKeys)
    try {
      const outcome = await this.#attempts(target)
      this.#record.ended(target, outcome)
      if (outcome.failure !== undefined) throw outcome.failure
      progress.succeeded(instance, outcome.outputs)
    } catch (error) {
      if (this.#options.raiseOnError || this.#options.signal.aborted) throw error
      this.#record.failed(target, error)
      progress.failed(instance)
    }
  }

  async #attempts(target: StepTarget): Promise<StepOutcome> {
    const work = stepWork(this.#options.definitions, target, this.#options.jobName)
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await runStep(this.#host(target, attempt), work)
      } catch (error) {
        const delay = this.#options.signal.aborted ? null : this.#retryIn(error, work, attempt)
        if (delay === null) throw error
        this.#record.retried(target, attempt, error)
        await wait(delay)
      }
    }
  }

  #retryIn(error: unknown, { computation }: StepWork, failures: number): number | null {
    return retryInMs(error, computation.retries, failures, Math.random())
  }

  #host(target: StepTarget, attempt: number): StepHost {
    const { definitions, runConfig, tags, ioManager, secrets, signal, jobName, partitionKey } = this.#options
    return {
      definitions,
      target,
      run: { id: this.#record.runId, jobName, tags },
      runConfig,
      partitionKeys: stepPartitionKeys(definitions, target, partitionKey),
      now: this.#now,
      dynamicKeys: this.#options.dynamicKeys,
      attempt,
      signal,
      log: consoleLogger(target.stepKey, secrets),
      resources: this.#resources,
      lastHeartbeat: undefined,
      heartbeat: () => undefined,
      defaultIOManager: ioManager,
      confirm: () => Promise.resolve(),
      endedOps: (stepKeys) => Promise.resolve(this.#record.endedOps(stepKeys)),
      dataVersions: (data) => Promise.resolve(this.#record.dataVersions(data)),
      history: (assetKey) => Promise.resolve(this.#record.history(assetKey)),
    }
  }
}
