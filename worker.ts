import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { existsSync } from 'node:fs'
import { Client } from '@temporalio/client'
import { type NativeConnection, Worker, type WorkerOptions as SdkOptions } from '@temporalio/worker'
import { DataVersions } from './activities/data-versions.ts'
import type { WorkerParts } from './activities/worker-parts.ts'
import { createActivities, createTickActivities } from './activities/index.ts'
import type { Definitions } from './definitions/definitions.ts'
import { type Duration, milliseconds } from './definitions/duration.ts'
import { codeVersionOf } from './execution/code-version.ts'
import { captureOutput } from './execution/output-capture.ts'
import { ResourcePool } from './execution/resource-pool.ts'
import { SecretMask } from './execution/secret-mask.ts'
import type { OutputLine } from './execution/step-output.ts'
import { filesystemIOManager } from './io/filesystem.ts'
import type { MetadataStore } from './metadata/metadata-store.ts'
import { pruneTicks } from './metadata/tick-retention.ts'
import { snapshotOf } from './planning/snapshot-of.ts'
import { reconcileBackfills } from './temporal/backfill-reconciler.ts'
import { reconcileFreshness } from './temporal/freshness-reconciler.ts'
import { tellFreshness } from './temporal/freshness-workflow.ts'
import { pauseSchedule, type ScheduleName } from './temporal/kept-schedule.ts'
import { createRequestLauncher } from './temporal/request-launcher.ts'
import { type Reconciled, reconcileRuns } from './temporal/run-reconciler.ts'
import { reconcileSchedules } from './temporal/schedule-reconciler.ts'
import { reconcileSensors } from './temporal/sensor-reconciler.ts'
import { taskQueueOf, ticksTaskQueueOf } from './workflows/names.ts'

/** What {@link startWorker} takes. */
export interface WorkerOptions {
  readonly definitions: Definitions
  readonly store: MetadataStore
  readonly connection: NativeConnection
  readonly namespace: string
  /** Names this set of definitions among others on the same store and Temporal. @default 'default' */
  readonly codeLocation?: string
  /** Steps this worker runs at a time. @default 100, the SDK's own */
  readonly maxConcurrentSteps?: number
  /** Time that running steps get to finish when the worker shuts down; what is not done then is taken over. @default '10 seconds' */
  readonly shutdownGrace?: Duration
  /** Says something about the worker itself. */
  readonly warn?: (message: string, error?: unknown) => void
  /**
   * Told of each line that the code of a step writes by `console` or to stdout or stderr, beside the run's log which has
   * them all. @default writes it where the code wrote it, to this process's stdout or stderr
   */
  readonly onOutput?: (line: OutputLine) => void
  /** Told of each run that was found started or ended from outside. */
  readonly onReconciled?: (reconciled: Reconciled) => void
}

/** A worker that polls. */
export interface RunningWorker {
  readonly identity: string
  readonly taskQueue: string
  /** Settles when the worker has ended: rejects where it failed. */
  readonly ended: Promise<void>
  /** Stops polling, lets running steps finish for the grace time, gives the rest back. Resolves when all is done. */
  shutdown(): Promise<void>
}

/** Time between two comparisons of open runs with Temporal. Unit: milliseconds. */
const reconcileEveryMs = 30_000

/** Time between two times at which old ticks are forgotten. Unit: milliseconds. */
const pruneEveryMs = 3_600_000

/**
 * Starts a worker: registers the snapshot of its definitions, then polls Temporal for their steps. From then on it takes
 * what their code writes by `console` and to stdout and stderr into the logs of their runs.
 *
 * @example
 * ```ts
 * const worker = await startWorker({ definitions, store: await openStore({ url }), connection, namespace: 'default' })
 * await worker.ended
 * ```
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const codeLocation = options.codeLocation ?? 'default'
  const identity = `${process.pid}@${hostname()}`
  const warn = options.warn ?? ((message) => process.stderr.write(`${message}\n`))
  captureOutput()
  const secrets = new SecretMask()
  const resources = new ResourcePool(process.env, secrets)
  const snapshot = await snapshotOf(options.definitions, { codeVersionOf })
  const snapshotHash = await options.store.codeLocations.register(codeLocation, snapshot)
  const parts: WorkerParts = {
    definitions: options.definitions,
    snapshot,
    snapshotHash,
    store: options.store,
    identity,
    resources,
    dataVersions: new DataVersions(options.store),
    secrets,
    environment: process.env,
    defaultIOManager: filesystemIOManager(),
    onOutput: options.onOutput ?? ((line) => void process[line.stream].write(`${line.text}\n`)),
    warn,
  }
  const client = new Client({ connection: options.connection, namespace: options.namespace })
  const launchers = {
    launcher: createRequestLauncher({ store: options.store, client }),
    recorder: createRequestLauncher({ store: options.store, client, onlyRecords: true }),
    pauseSchedule: (schedule: ScheduleName & { readonly reason: string }) => pauseSchedule(client, schedule, `stopped: ${schedule.reason}`),
  }
  const [steps, ticks] = await Promise.all([
    createWorker(options, identity, {
      ...workerOptions,
      taskQueue: taskQueueOf(codeLocation),
      workflowBundle: { codePath: workflowBundlePath() },
      activities: { ...createActivities(parts) },
      maxConcurrentActivityTaskExecutions: options.maxConcurrentSteps ?? 100,
    }),
    createWorker(options, identity, {
      ...workerOptions,
      taskQueue: ticksTaskQueueOf(codeLocation),
      activities: { ...createTickActivities({ ...parts, ...launchers }) },
      maxConcurrentActivityTaskExecutions: maximumEvaluations,
    }),
  ])
  const workers = [steps, ticks]
  const stopReconciling = reconcileRegularly(options, { client, codeLocation, warn })
  const ended = pollUntilEnded(workers, () => {
    stopReconciling()
    return resources.close()
  })
  ended.catch(() => undefined)
  return {
    identity,
    taskQueue: taskQueueOf(codeLocation),
    ended,
    async shutdown() {
      shutdownAll(workers)
      await ended
    },
  }
}

/** Where one of the workers of a process fails, the process is of no use any more: the others end, too. */
async function pollUntilEnded(workers: readonly Worker[], close: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(workers.map((worker) => worker.run().finally(() => shutdownAll(workers))))
  } finally {
    await close()
  }
}

function shutdownAll(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
}

/** Evaluations of schedules and sensors at a time. Most wait for something outside; those that hang are to take nobody's place. */
const maximumEvaluations = 1_000

const workerOptions = {
  // Measured: the fixed default leaves two pollers for new workflows, 40 starts/s instead of 60.
  workflowTaskPollerBehavior: { type: 'autoscaling' },
  activityTaskPollerBehavior: { type: 'autoscaling' },
  // Measured: the default of 10 s is lost whole when the worker that holds a workflow dies.
  stickyQueueScheduleToStartTimeout: '1s',
  // A cancellation travels with a heartbeat's answer: with the default throttle it takes 21 s to arrive.
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
} as const

function createWorker(
  { connection, namespace, shutdownGrace }: WorkerOptions,
  identity: string,
  options: Pick<
    SdkOptions,
    'taskQueue' | 'workflowBundle' | 'activities' | 'maxConcurrentActivityTaskExecutions' | keyof typeof workerOptions
  >,
): Promise<Worker> {
  const graceMs = milliseconds(shutdownGrace ?? '10 seconds', 'shutdownGrace', 0)
  return Worker.create({
    connection,
    namespace,
    identity,
    ...options,
    shutdownGraceTime: graceMs,
    shutdownForceTime: graceMs + 15_000,
  })
}

/** The bundle is made when the package is built: a worker that bundles by itself starts a second later. */
function workflowBundlePath(): string {
  const beside = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url))
  return existsSync(beside) ? beside : fileURLToPath(new URL('./dist/workflow-bundle.js', import.meta.url))
}

interface Reconciling {
  readonly client: Client
  readonly codeLocation: string
  readonly warn: (message: string, error?: unknown) => void
}

function reconcileRegularly({ store, onReconciled }: WorkerOptions, { client, codeLocation, warn }: Reconciling): () => void {
  const parts = { store, client, codeLocation }
  const compared: readonly (readonly [what: string, compare: () => Promise<unknown>])[] = [
    ['Open runs', async () => (await reconcileRuns(parts)).forEach((reconciled) => onReconciled?.(reconciled))],
    ['Open backfills', () => reconcileBackfills(parts)],
    ['The freshness of assets', () => reconcileFreshness(parts, codeLocation)],
    ['Schedules', () => reconcileSchedules(parts)],
    ['Sensors', () => reconcileSensors(parts)],
  ]
  const reconcile = async (): Promise<void> => {
    // What is wrong with one must not keep the others waiting.
    for (const [what, compare] of compared)
      await compare().catch((error: unknown) => warn(`${what} could not be compared with Temporal; it is tried again in 30 s`, error))
  }
  void reconcile()
  // The policies may be others than those of the worker before.
  tellFreshness(client, codeLocation).catch((error: unknown) => warn('The freshness of assets is looked at 10 minutes late at most', error))
  const timer = setInterval(() => void reconcile(), reconcileEveryMs)
  const prune = (): void => void pruneTicks(store, new Date()).catch((error: unknown) => warn('Old ticks are kept for another hour', error))
  const pruning = setInterval(prune, pruneEveryMs)
  return () => {
    clearInterval(timer)
    clearInterval(pruning)
  }
}
