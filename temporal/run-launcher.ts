import { randomUUID } from 'node:crypto'
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client'
import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { type DynamicKeys, dynamicNames } from '../definitions/partitions/dynamic-keys.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import type { StatusFacts } from '../definitions/selection-status.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { CodeLocation } from '../metadata/stores/code-location-store.ts'
import { type Run, runHasEnded, type RunStatus } from '../metadata/stores/run-store.ts'
import { isLinear, rowText } from '../planning/partition-order.ts'
import { partitionsPerStep, slowestPartitionMs } from '../planning/partitions-per-step.ts'
import { planJob } from '../planning/plan-job.ts'
import { groupsOf, planPartitions } from '../planning/plan-partitions.ts'
import { planRun } from '../planning/plan-run.ts'
import type { RunPlan } from '../planning/run-plan.ts'
import { runPartitions } from '../planning/run-partition.ts'
import { needsStatus } from '../planning/selection.ts'
import { statusFacts } from '../planning/status-facts.ts'
import { runWorkflowId } from '../workflows/names.ts'
import { type LaunchRequest, requestHash } from './launch-request.ts'
import { type RunTarget, runTarget } from './run-target.ts'
import { validateRunConfig } from './run-validation.ts'
import { startRunWorkflow } from './run-workflow.ts'
import { pingTemporal } from './temporal-ping.ts'
import { WorkerPresence } from './worker-presence.ts'

export type { LaunchRequest } from './launch-request.ts'

/** Starts and cancels runs. */
export interface RunLauncher {
  /**
   * Checks everything, records the run, starts its workflow. Resolves when the run is durable.
   *
   * @throws `UNKNOWN_ASSET`, `UNKNOWN_JOB`, `EMPTY_SELECTION`, `SELECTION_SYNTAX`, `CONFIG_INVALID`, `ENV_MISSING`, `NO_CODE_LOCATION`,
   * `NOT_PARTITIONED`, `PARTITION_REQUIRED`, `PARTITION_UNKNOWN`, `PARTITIONS_DIFFER`,
   * `NO_WORKER`, `IDEMPOTENCY_KEY_REUSED`, `TEMPORAL_UNREACHABLE`, `STORE_UNREACHABLE`: then nothing was started
   */
  launch(request: LaunchRequest): Promise<{ readonly run: Run; readonly created: boolean }>
  /** Asks a run to end; the status it has then. @throws `UNKNOWN_RUN`, `RUN_ENDED` */
  cancel(runId: string): Promise<RunStatus>
  /** Whether a worker polls for a code location's work. */
  hasWorker(codeLocation: string): Promise<boolean>
  /** @throws `TEMPORAL_UNREACHABLE` */
  ping(): Promise<void>
}

/** What a launcher is made of. */
export interface LauncherParts {
  readonly store: MetadataStore
  readonly client: Client
  /** Whether whoever asks has checked the config. @default false: a worker is asked */
  readonly configIsChecked?: boolean
  /** Whether somebody else starts the workflows of what is launched. @default false */
  readonly onlyRecords?: boolean
}

export function createRunLauncher({ store, client, configIsChecked = false, onlyRecords = false }: LauncherParts): RunLauncher {
  const workers = new WorkerPresence(client)
  return {
    hasWorker: (codeLocation) => workers.isThere(codeLocation),
    ping: () => pingTemporal(client),
    async launch(request) {
      const before = request.idempotencyKey === undefined ? undefined : await store.runs.byIdempotencyKey(request.idempotencyKey)
      const repeated = (run: Run) => again({ store, client, onlyRecords }, request, run)
      if (before !== undefined) return await repeated(before)
      const locations = await store.codeLocations.list()
      const [facts, dynamicKeys] = await Promise.all([factsFor(request, locations, store), dynamicKeysFor(request, locations, store)])
      const target = runTarget(request, locations, { now: new Date(), dynamicKeys, facts })
      if (!configIsChecked) await pingTemporal(client)
      if (!configIsChecked) await validateRunConfig(client, workers, target)
      const { run, created } = await record(store, request, target, await planOf(store, request, target, dynamicKeys))
      if (!created) return await repeated(run)
      if (!onlyRecords) await start(client, store, run, { again: false })
      return { run, created }
    },
    async cancel(runId) {
      const before = await store.runs.get(runId)
      if (before === undefined) throw new AssetryError('UNKNOWN_RUN', `There is no run "${runId}".`, { facts: { runId } })
      if (runHasEnded(before.status)) throw runEnded(before)
      await pingTemporal(client)
      const status = await store.runs.canceling(runId)
      await cancelWorkflow(client, store, runId)
      return status ?? before.status
    },
  }
}

/** A request that comes again gives its run, whatever its selection means by now. */
async function again(
  { store, client, onlyRecords = false }: LauncherParts,
  request: LaunchRequest,
  run: Run,
): Promise<{ readonly run: Run; readonly created: boolean }> {
  if (run.requestHash !== requestHash(request)) throw keyReused(request, run)
  if (onlyRecords) return { run, created: false }
  await pingTemporal(client)
  await start(client, store, run, { again: true })
  return { run, created: false }
}

/** How the assets stand, read only where the selection asks for it. */
export async function factsFor(
  { selection }: Pick<LaunchRequest, 'selection'>,
  locations: readonly CodeLocation[],
  store: MetadataStore,
): Promise<StatusFacts | undefined> {
  if (selection === undefined || !needsStatus(selection)) return undefined
  const assets = locations.flatMap((location) => location.snapshot.assets)
  return statusFacts(assets, await store.materializations.known())
}

/** The keys of the dynamic partitions that the locations' assets have, read only where the request is for a partition. */
async function dynamicKeysFor(
  { partitionKey, partitions }: LaunchRequest,
  locations: readonly CodeLocation[],
  store: MetadataStore,
): Promise<DynamicKeys | undefined> {
  if (partitionKey === undefined && partitions === undefined) return undefined
  const specs = locations.flatMap(({ snapshot }) => snapshot.assets.flatMap(({ partitions }) => partitions ?? []))
  return await store.dynamicPartitions.keysOf(dynamicNames(specs))
}

/** What a run is to do, and for which partitions where these are many. */
interface PlannedRun {
  readonly plan: RunPlan
  readonly partitions?: readonly string[]
}

function record(
  store: MetadataStore,
  request: LaunchRequest,
  target: RunTarget,
  planned: PlannedRun,
): ReturnType<MetadataStore['runs']['create']> {
  return store.runs.create({
    runId: randomUUID(),
    codeLocation: target.location.name,
    snapshotHash: target.location.snapshotHash,
    jobName: target.jobName,
    selection: target.selection,
    ...planned,
    runConfig: target.runConfig,
    tags: target.tags,
    partitionKey: request.partitionKey ?? null,
    idempotencyKey: request.idempotencyKey ?? null,
    requestHash: requestHash(request),
  })
}

async function planOf(
  store: MetadataStore,
  { partitions }: LaunchRequest,
  { location, assetKeys, graphJob }: RunTarget,
  dynamicKeys: DynamicKeys | undefined,
): Promise<PlannedRun> {
  if (partitions !== undefined) return await planMany(store, location, { assetKeys, partitions, at: { now: new Date(), dynamicKeys } })
  return { plan: graphJob === undefined ? planRun(location.snapshot, assetKeys) : planJob(location.snapshot, graphJob) }
}

/** A run of many partitions: as of a backfill, about a second of work goes into a step. */
async function planMany(
  store: MetadataStore,
  { snapshot }: CodeLocation,
  { assetKeys, partitions, at }: { readonly assetKeys: readonly AssetKey[]; readonly partitions: readonly string[]; readonly at: AtTime },
): Promise<PlannedRun> {
  const { spec, rows } = runPartitions(snapshot.assets, assetKeys, partitions, at)
  const chosen = snapshot.assets.filter(({ key }) => assetKeys.includes(key))
  const perStep = partitionsPerStep(slowestPartitionMs(await Promise.all(chosen.map(({ key }) => store.backfills.partitionMs(key)))))
  const plan = planPartitions(snapshot, {
    assetKeys,
    groups: rows.flatMap((row) => groupsOf(row, perStep)),
    asRanges: isLinear(spec),
    excluded: new Map(),
    continues: false,
    inOrder: chosen.some(({ selfMapping }) => selfMapping !== undefined),
  })
  return { plan, partitions: rows.map(rowText) }
}

/**
 * From here on the run is durable: where Temporal can't be reached just now, the run stays QUEUED and a worker's
 * reconciler starts its workflow.
 */
async function start(client: Client, store: MetadataStore, run: Run, options: { readonly again: boolean }): Promise<void> {
  if (run.status !== 'QUEUED') return
  try {
    await startRunWorkflow(client, store, run, options)
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error
  }
}

async function cancelWorkflow(client: Client, store: MetadataStore, runId: string): Promise<void> {
  try {
    await client.workflow.getHandle(runWorkflowId(runId)).cancel()
  } catch (error) {
    // Recorded as CANCELING, the run is cancelled by a worker's reconciler as soon as Temporal answers again.
    if (isGrpcServiceError(error)) return
    if (!(error instanceof WorkflowNotFoundError)) throw error
    await store.runs.ended({ runId, status: 'CANCELED', reason: 'cancelled before its workflow was started', skipped: [] })
  }
}

function runEnded(run: Run): AssetryError {
  return new AssetryError('RUN_ENDED', `Run "${run.runId}" has ended as ${run.status} and can't be cancelled any more.`, {
    facts: { runId: run.runId, status: run.status },
  })
}

function keyReused(request: LaunchRequest, run: Run): AssetryError {
  return new AssetryError(
    'IDEMPOTENCY_KEY_REUSED',
    `The idempotency key "${request.idempotencyKey}" belongs to run "${run.runId}", which was asked for differently. Use a new key for a new request.`,
    { facts: { idempotencyKey: request.idempotencyKey, runId: run.runId } },
  )
}
