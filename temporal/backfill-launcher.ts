import { createHash, randomUUID } from 'node:crypto'
import { type Client, isGrpcServiceError } from '@temporalio/client'
import type { RunConfig } from '../definitions/config.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { type Backfill, type BackfillStatus, endedBackfillStatuses } from '../metadata/stores/backfill-store.ts'
import { partitionsAt, specsOf } from '../metadata/partitions-at.ts'
import { unknownBackfill } from '../metadata/unknown-backfill.ts'
import { planBackfill } from '../planning/plan-backfill.ts'
import { retriedPlan } from '../planning/retried-plan.ts'
import { startBackfillWorkflow, tellBackfill } from './backfill-workflow.ts'
import { requestHash } from './launch-request.ts'
import { factsFor, type LauncherParts } from './run-launcher.ts'
import { requestTarget, type RunTarget } from './run-target.ts'
import { validateRunConfig } from './run-validation.ts'
import { pingTemporal } from './temporal-ping.ts'
import { WorkerPresence } from './worker-presence.ts'

/** What a backfill is started with. */
export interface BackfillRequest {
  /** Needed only where several code locations are registered. */
  readonly codeLocation?: string
  readonly job?: string
  /** In the selection language. */
  readonly selection?: string
  /** Keys and ranges `a...b` of the partitions of the assets at its beginning. @default all partitions of all assets */
  readonly partitions?: readonly string[]
  readonly runConfig?: RunConfig
  readonly tags?: Readonly<Record<string, string>>
  /** Steps at a time. @default 100 */
  readonly concurrency?: number
  /** Temporal's: 1 for the most urgent to 5. @default Temporal's, 3 */
  readonly priority?: number
  /** Most partitions that a step carries, 1 to 1,000. @default about a second of work, learned from recorded times */
  readonly partitionsPerStep?: number
  /** Whether a partition is made although one that it needs has failed. @default false */
  readonly continueOnFailure?: boolean
  /** A second request with the same key gives the backfill of the first. */
  readonly idempotencyKey?: string
}

/** Starts and steers backfills. */
export interface BackfillLauncher {
  /**
   * Checks everything, records the backfill, starts its workflow. Resolves when it is durable.
   *
   * @throws what a run's launch throws, and `PARTITION_UNKNOWN`, `PARTITIONS_DIFFER`, `NOT_PARTITIONED`: then nothing was started
   */
  launch(request: BackfillRequest): Promise<{ readonly backfill: Backfill; readonly created: boolean }>
  /** Starts no further step until it is resumed; what is at work gets done. @throws `UNKNOWN_BACKFILL`, `BACKFILL_ENDED` */
  pause(backfillId: string): Promise<BackfillStatus>
  /** @throws `UNKNOWN_BACKFILL`, `BACKFILL_ENDED` */
  resume(backfillId: string): Promise<BackfillStatus>
  /** Cancels it with its runs. @throws `UNKNOWN_BACKFILL`, `BACKFILL_ENDED` */
  cancel(backfillId: string): Promise<BackfillStatus>
  /** Makes what failed, and what was left out because of it, once more; of a cancelled one also what was never begun. @throws `UNKNOWN_BACKFILL`, `NOTHING_TO_DO` */
  retry(backfillId: string): Promise<BackfillStatus>
  /** Changes how many steps it has at work at a time. @throws `UNKNOWN_BACKFILL` */
  setConcurrency(backfillId: string, steps: number): Promise<void>
}

/** Steps at a time that a backfill has unless told otherwise: as many as a worker runs. */
const defaultConcurrency = 100

export function createBackfillLauncher({ store, client, configIsChecked = false, onlyRecords = false }: LauncherParts): BackfillLauncher {
  const workers = new WorkerPresence(client)
  const change = async (backfillId: string, from: readonly BackfillStatus[], to: BackfillStatus): Promise<BackfillStatus> => {
    const status = await store.backfills.move(backfillId, from, to)
    if (status === undefined) throw unknownBackfill(backfillId)
    if (status !== to) throw backfillEnded(backfillId, status)
    await tell(client, backfillId)
    return status
  }
  return {
    async launch(request) {
      const before = request.idempotencyKey === undefined ? undefined : await store.backfills.byIdempotencyKey(request.idempotencyKey)
      if (before !== undefined) return again({ client, onlyRecords }, request, before)
      const locations = await store.codeLocations.list()
      const target = requestTarget(request, locations, await factsFor(request, locations, store))
      const createdAt = new Date()
      const { assetKeys, location } = target
      const chosen = location.snapshot.assets.filter(({ key }) => assetKeys.includes(key))
      const at = await partitionsAt(store, specsOf(chosen), createdAt)
      const plan = planBackfill(location.snapshot, { assetKeys, partitions: request.partitions }, at)
      await pingTemporal(client)
      if (!configIsChecked) await validateRunConfig(client, workers, target)
      const { backfill, created } = await store.backfills.create({ ...recordOf(request, target), plan, createdAt })
      if (!created) return again({ client, onlyRecords }, request, backfill)
      if (!onlyRecords) await start(client, backfill)
      return { backfill, created }
    },
    pause: (backfillId) => change(backfillId, ['QUEUED', 'STARTED', 'PAUSED'], 'PAUSED'),
    resume: async (backfillId) => {
      const status = (await store.backfills.get(backfillId))?.status
      return status === 'QUEUED' ? status : change(backfillId, ['PAUSED', 'STARTED'], 'STARTED')
    },
    cancel: (backfillId) => change(backfillId, ['QUEUED', 'STARTED', 'PAUSED', 'CANCELING'], 'CANCELING'),
    retry: (backfillId) => retry({ store, client }, backfillId),
    setConcurrency: async (backfillId, steps) => {
      await store.backfills.setConcurrency(backfillId, steps)
      await tell(client, backfillId)
    },
  }
}

function recordOf(request: BackfillRequest, { location, jobName, selection, runConfig, tags }: RunTarget) {
  return {
    backfillId: randomUUID(),
    codeLocation: location.name,
    snapshotHash: location.snapshotHash,
    jobName,
    selection,
    runConfig,
    tags,
    concurrency: request.concurrency ?? defaultConcurrency,
    priority: request.priority ?? null,
    partitionsPerStep: request.partitionsPerStep ?? null,
    continues: request.continueOnFailure ?? false,
    idempotencyKey: request.idempotencyKey ?? null,
    requestHash: hashOf(request),
  }
}

async function retry(
  { store, client }: { readonly store: MetadataStore; readonly client: Client },
  backfillId: string,
): Promise<BackfillStatus> {
  for (;;) {
    const work = await store.backfills.work(backfillId)
    if (work === undefined) throw unknownBackfill(backfillId)
    const failed = await store.backfills.retriableKeys(backfillId)
    const isCutShort = hasEnded(work.backfill.status) && work.cursors.some((cursor) => cursor !== null)
    if (failed.size === 0 && !isCutShort) throw nothingFailed(backfillId)
    const specs = work.plan.stages.flatMap(({ partitions }) => partitions ?? [])
    const { plan, cursors } = retriedPlan(work, failed, await partitionsAt(store, specs, work.backfill.createdAt))
    if (!(await store.backfills.retry({ backfillId, cuts: work.cuts, plan, cursors }))) continue
    const backfill = await store.backfills.get(backfillId)
    if (backfill === undefined) throw unknownBackfill(backfillId)
    await start(client, backfill)
    await tell(client, backfillId)
    return backfill.status
  }
}

async function again(
  { client, onlyRecords = false }: Pick<LauncherParts, 'client' | 'onlyRecords'>,
  request: BackfillRequest,
  backfill: Backfill,
): Promise<{ readonly backfill: Backfill; readonly created: boolean }> {
  if (backfill.requestHash !== hashOf(request)) {
    throw new AssetryError(
      'IDEMPOTENCY_KEY_REUSED',
      `The idempotency key "${request.idempotencyKey}" belongs to backfill "${backfill.backfillId}", which was asked for differently. Use a new key for a new request.`,
      { facts: { idempotencyKey: request.idempotencyKey, backfillId: backfill.backfillId } },
    )
  }
  if (onlyRecords) return { backfill, created: false }
  await pingTemporal(client)
  if (!hasEnded(backfill.status)) await start(client, backfill)
  return { backfill, created: false }
}

function hashOf(request: BackfillRequest): string {
  const { partitions, concurrency, priority, partitionsPerStep, continueOnFailure } = request
  const own = JSON.stringify([
    partitions ?? null,
    concurrency ?? null,
    priority ?? null,
    partitionsPerStep ?? null,
    continueOnFailure ?? false,
  ])
  return createHash('sha256').update(requestHash(request)).update(own).digest('hex')
}

/** From its record on a backfill is durable: where Temporal can't be reached just now, a worker's reconciler starts its workflow. */
async function start(client: Client, backfill: Backfill): Promise<void> {
  await startBackfillWorkflow(client, backfill).catch(ignoreUnreachable)
}

/** The change stands in the store; its workflow looks there every now and then, told or not. */
async function tell(client: Client, backfillId: string): Promise<void> {
  await tellBackfill(client, backfillId).catch(ignoreUnreachable)
}

function ignoreUnreachable(error: unknown): void {
  if (!isGrpcServiceError(error)) throw error
}

function hasEnded(status: BackfillStatus): boolean {
  return (endedBackfillStatuses as readonly BackfillStatus[]).includes(status)
}

function backfillEnded(backfillId: string, status: BackfillStatus): AssetryError {
  const next = hasEnded(status) ? ' What failed can be made once more: assetry backfill retry.' : ''
  return new AssetryError('BACKFILL_ENDED', `Backfill "${backfillId}" is ${status}, and this can't be asked of it any more.${next}`, {
    facts: { backfillId, status },
  })
}

function nothingFailed(backfillId: string): AssetryError {
  return new AssetryError('NOTHING_TO_DO', `No partition of backfill "${backfillId}" has failed, or was left out, in a run that is over.`, {
    facts: { backfillId },
  })
}
