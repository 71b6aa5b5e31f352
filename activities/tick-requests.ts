import pMap from 'p-map'
import { AssetryError, type ErrorCode, errorOfFindings, type Finding, isAssetryError } from '../definitions/errors.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import type { RunRequest } from '../definitions/run-request.ts'
import type { Tags } from '../definitions/tags.ts'
import type { Target } from '../definitions/target.ts'
import type { InstigatorName } from '../metadata/stores/instigator-store.ts'
import type { RecordedRunRequest, RequestedRun } from '../metadata/stores/tick-store.ts'
import { recordedError } from './recorded-error.ts'
import type { TickParts } from './tick-activities.ts'

/** Launches at a time: Temporal takes 50 starts in flight well, and other sensors launch too. */
const launchesAtATime = 10

/** Requests that are launched from one read. */
const pageSize = 200

/** Errors of a launch that pass: it is tried again, however long they last. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['STORE_UNREACHABLE', 'TEMPORAL_UNREACHABLE', 'NO_WORKER'])

/** Who asks. */
export interface Requester {
  /** `sensor "uploads"`, for texts. */
  readonly owner: string
  readonly target: Target
  readonly tags: Tags
  /** Tags that say where a run came from. */
  readonly origin: Tags
  readonly runConfig?: RequestedRun['runConfig']
}

/** What is checked for whom. */
export interface AskedRuns {
  readonly codeLocation: string
  readonly requester: Requester
  readonly requests: readonly RunRequest[]
  /** Keys that the tick adds to dynamic partitions. */
  readonly added: DynamicKeys
}

/** A run request as a launch would get it, and what keeps it from being launched. */
export interface CheckedRequest {
  readonly runKey: string | null
  readonly request: RequestedRun
  /** Each with its place: `runRequests[2].runConfig.assets.raw.path`. */
  readonly findings: readonly Finding[]
}

/** What a tick asks for, checked. @throws `TICK_RESULT_INVALID` where a request does not say which job */
export async function checkedRequests(
  parts: Pick<TickParts, 'launcher' | 'validate'>,
  { codeLocation, requester, requests, added }: AskedRuns,
): Promise<readonly CheckedRequest[]> {
  const asked = requests.map((each) => ({ runKey: each.runKey ?? null, request: requestedRun(requester, each) }))
  return pMap(
    asked,
    async (each, index) => {
      const at = `runRequests[${index}]`
      return { ...each, findings: await findingsOf(parts, { codeLocation, request: each.request, at, added }) }
    },
    { concurrency: launchesAtATime },
  )
}

/** What a tick asks for, all of it fit to be launched. @throws `TICK_RESULT_INVALID` with everything that is wrong */
export async function launchableRequests(
  parts: Pick<TickParts, 'launcher' | 'validate'>,
  asked: AskedRuns,
): Promise<readonly Omit<CheckedRequest, 'findings'>[]> {
  const checked = await checkedRequests(parts, asked)
  const what = `What ${asked.requester.owner} asks for can't be run; nothing of this tick was kept`
  const error = errorOfFindings(
    'TICK_RESULT_INVALID',
    what,
    checked.flatMap(({ findings }) => findings),
  )
  if (error !== undefined) throw error
  return checked.map(({ runKey, request }) => ({ runKey, request }))
}

function requestedRun(requester: Requester, request: RunRequest): RequestedRun {
  const job = request.job ?? (requester.target.jobs.length === 1 ? requester.target.jobs[0] : undefined)
  const selection = request.selection ?? (job === undefined ? (requester.target.selection ?? undefined) : undefined)
  if (job === undefined && selection === undefined) throw withoutTarget(requester)
  if (request.job !== undefined && !requester.target.jobs.includes(request.job)) throw strangeJob(requester, request.job)
  const { partitionKey, partitions, runConfig = requester.runConfig, runKey } = request
  return {
    ...(job !== undefined && { job }),
    ...(selection !== undefined && { selection }),
    ...(partitionKey !== undefined && { partitionKey }),
    ...(partitions !== undefined && { partitions }),
    ...(runConfig !== undefined && { runConfig }),
    tags: { ...requester.tags, ...request.tags, ...requester.origin, ...(runKey !== undefined && { 'assetry/run_key': runKey }) },
  }
}

async function findingsOf(
  { launcher, validate }: Pick<TickParts, 'launcher' | 'validate'>,
  { codeLocation, request, at, added }: { codeLocation: string; request: RequestedRun; at: string; added: DynamicKeys },
): Promise<readonly Finding[]> {
  try {
    const { assetKeys, graphJob, runConfig } = await launcher.resolve(codeLocation, request, added)
    const found = await validate({ assetKeys, ...(graphJob !== undefined && { graphJob }), runConfig })
    return found.map(({ code, path, message }) => ({ code, path: `${at}.runConfig.${path ?? ''}`, message: `${at}.runConfig.${message}` }))
  } catch (error) {
    if (!isAssetryError(error) || passing.has(error.code)) throw error
    return [{ code: error.code, path: at, message: `${at}: ${error.message}` }]
  }
}

type LaunchParts = Pick<TickParts, 'store' | 'launcher' | 'secrets'>

/** Launches all that was committed for an instigator and not launched yet, by this or an earlier tick. */
export async function launchPending(parts: LaunchParts, name: InstigatorName): Promise<void> {
  for (;;) {
    const pending = await parts.store.ticks.pending(name, pageSize)
    await pMap(pending, (request) => launchOne(parts, name, request), { concurrency: launchesAtATime })
    if (pending.length < pageSize) return
  }
}

async function launchOne(
  { store, launcher, secrets }: LaunchParts,
  { codeLocation }: InstigatorName,
  { tickId, position, request }: RecordedRunRequest,
): Promise<void> {
  try {
    await store.ticks.settle({ tickId, position }, await launcher.launch(codeLocation, request, `tick:${tickId}:${position}`))
  } catch (error) {
    if (!isAssetryError(error) || passing.has(error.code)) throw error
    await store.ticks.settle({ tickId, position }, { error: recordedError(error, secrets) })
  }
}

function withoutTarget({ owner, target }: Requester): AssetryError {
  const why =
    target.jobs.length === 0
      ? `has neither a job nor a selection. Give it one, or name a selection in runRequest({ selection })`
      : `has several jobs (${target.jobs.join(', ')}). Name one in runRequest({ job })`
  return new AssetryError('TICK_RESULT_INVALID', `The ${owner} asks for a run, but ${why}.`, { facts: { owner } })
}

function strangeJob({ owner, target }: Requester, job: string): AssetryError {
  return new AssetryError(
    'TICK_RESULT_INVALID',
    `The ${owner} asks for a run of the job "${job}", which is none of its own (${target.jobs.join(', ') || 'none'}). Add it to its jobs.`,
    { facts: { owner, job } },
  )
}
