import type { AssetKey } from '../definitions/asset-key.ts'
import type { RunConfig } from '../definitions/config.ts'
import { AssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import type { StatusFacts } from '../definitions/selection-status.ts'
import type { CodeLocation } from '../metadata/stores/code-location-store.ts'
import { runConfigOver } from '../planning/run-config-over.ts'
import { checkRunPartition } from '../planning/run-partition.ts'
import { resolveSelection } from '../planning/selection.ts'
import type { LaunchRequest } from './launch-request.ts'

/** What a request means in the definitions of a code location. */
export interface RunTarget {
  readonly location: CodeLocation
  readonly assetKeys: readonly AssetKey[]
  /** Name of the graph job whose ops are run instead of assets. */
  readonly graphJob: string | undefined
  readonly selection: string
  readonly jobName: string | null
  readonly runConfig: RunConfig
  readonly tags: Readonly<Record<string, string>>
}

/** What a request's meaning depends on beside the definitions. */
export interface Circumstances extends AtTime {
  /** How assets stand, where the selection asks for it. */
  readonly facts?: StatusFacts | undefined
}

/**
 * What a request means.
 *
 * @throws `NO_CODE_LOCATION`, `UNKNOWN_JOB`, `UNKNOWN_ASSET`, `EMPTY_SELECTION`, `SELECTION_SYNTAX`, `STATUS_UNKNOWN`, `NOTHING_TO_DO`, `REQUEST_INVALID`, `NOT_PARTITIONED`, `PARTITION_REQUIRED`, `PARTITION_UNKNOWN`, `PARTITIONS_DIFFER`
 */
export function runTarget(request: LaunchRequest, locations: readonly CodeLocation[], { facts, ...at }: Circumstances): RunTarget {
  const target = requestTarget(request, locations, facts)
  if (request.partitions !== undefined) {
    if (request.partitionKey === undefined) return target
    throw new AssetryError('REQUEST_INVALID', 'A run is for a partitionKey or for many partitions. Give one of them.')
  }
  checkRunPartition(target.location.snapshot.assets, target.assetKeys, request.partitionKey, at)
  return target
}

/** What a request means, whichever partition it is for. @throws what {@link runTarget} does, but for partitions */
export function requestTarget(request: LaunchRequest, locations: readonly CodeLocation[], facts: StatusFacts | undefined): RunTarget {
  if ((request.job === undefined) === (request.selection === undefined)) {
    throw new AssetryError('REQUEST_INVALID', 'A run needs either a job or a selection of assets. Give one of them.')
  }
  const location = locationOf(request, locations)
  if (request.job === undefined) return ofSelection(request, location, facts)
  const target = ofJob(request, location, request.job)
  if (request.ofJob === undefined) return target
  return someOf(target, ofSelection({ ...request, selection: request.ofJob }, location, facts))
}

function ofSelection(request: LaunchRequest, location: CodeLocation, facts: StatusFacts | undefined): RunTarget {
  const { selection = '' } = request
  const assetKeys = resolveSelection(location.snapshot.assets, selection, facts)
  return {
    location,
    assetKeys,
    graphJob: undefined,
    selection,
    jobName: null,
    runConfig: request.runConfig ?? {},
    tags: request.tags ?? {},
  }
}

function ofJob(request: LaunchRequest, location: CodeLocation, name: string): RunTarget {
  const job = location.snapshot.jobs.find((each) => each.name === name)
  if (job === undefined) throw unknownJob(name, location)
  const { assetKeys, selection, graph } = job
  const runConfig = runConfigOver(job.runConfig, request.runConfig ?? {})
  const graphJob = graph === null ? undefined : name
  return { location, assetKeys, graphJob, selection, jobName: name, runConfig, tags: { ...job.tags, ...request.tags } }
}

/** Those of a job's assets that are selected, too. */
function someOf(ofWholeJob: RunTarget, { assetKeys, selection }: RunTarget): RunTarget {
  const selected = new Set(assetKeys)
  const some = ofWholeJob.assetKeys.filter((key) => selected.has(key))
  if (some.length > 0) return { ...ofWholeJob, assetKeys: some, selection }
  throw new AssetryError(
    'EMPTY_SELECTION',
    `The selection ${JSON.stringify(selection)} has none of the assets of job "${ofWholeJob.jobName}" in it, so that there is nothing to run.`,
    { facts: { selection, job: ofWholeJob.jobName } },
  )
}

function locationOf(request: LaunchRequest, locations: readonly CodeLocation[]): CodeLocation {
  const [only, ...others] = locations
  if (only === undefined) {
    throw new AssetryError('NO_CODE_LOCATION', 'No worker has registered its definitions yet. Start one: assetry worker -f definitions.ts')
  }
  if (request.codeLocation === undefined && others.length === 0) return only
  const named = locations.find((each) => each.name === request.codeLocation) ?? holderOf(request, locations)
  if (named !== undefined) return named
  const names = locations.map((each) => each.name)
  const why =
    request.codeLocation === undefined ? 'Several code locations could be meant' : `There is no code location "${request.codeLocation}"`
  throw new AssetryError('NO_CODE_LOCATION', `${why}. Name one of: ${names.join(', ')}.`, { facts: { names } })
}

/** The one location that has the job, where the request names no location. */
function holderOf(request: LaunchRequest, locations: readonly CodeLocation[]): CodeLocation | undefined {
  if (request.codeLocation !== undefined || request.job === undefined) return undefined
  const holders = locations.filter((each) => each.snapshot.jobs.some((job) => job.name === request.job))
  return holders.length === 1 ? holders[0] : undefined
}

function unknownJob(name: string, location: CodeLocation): AssetryError {
  const names = location.snapshot.jobs.map((each) => each.name)
  return new AssetryError('UNKNOWN_JOB', `There is no job ${JSON.stringify(name)}. ${didYouMean(name, 'jobs', names)}`, {
    facts: { name, names },
  })
}
