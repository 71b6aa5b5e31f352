import { CodeLocationPage } from '../api/contract/code-location.ts'
import { Health } from '../api/contract/health.ts'
import { type Job, JobDetail, JobPage } from '../api/contract/job.ts'
import { Lineage } from '../api/contract/lineage.ts'
import { ResourcePage } from '../api/contract/resource.ts'
import { type RunEvent, RunEventList } from '../api/contract/run-event.ts'
import { CancelAnswer, Run, RunDetail, RunPage, type RunStatus, type StartRun } from '../api/contract/run.ts'
import { type AssetClient, assetClient } from './asset-client.ts'
import { type BackfillClient, backfillClient } from './backfill-client.ts'
import { type DynamicPartitionClient, dynamicPartitionClient } from './dynamic-partition-client.ts'
import { post, type StartOptions } from './idempotent-post.ts'
import { everyItem, type PageOptions } from './pages.ts'
import { type FollowOptions, followRun } from './run-stream.ts'
import { type ScheduleClient, scheduleClient } from './schedule-client.ts'
import { type SensorClient, sensorClient } from './sensor-client.ts'
import { bodyOf, type ClientOptions, createTransport, problemOf, type Transport } from './transport.ts'

export { ApiError } from './api-error.ts'
export type { AssetClient, AssetFilter } from './asset-client.ts'
export type { DynamicPartitionClient } from './dynamic-partition-client.ts'
export type { BackfillClient, BackfillFollowOptions, BackfillListFilter } from './backfill-client.ts'
export type { ScheduleClient } from './schedule-client.ts'
export type { LocationOptions, SensorClient, TickFilter } from './sensor-client.ts'
export type { StartOptions } from './idempotent-post.ts'
export type { PageOptions } from './pages.ts'
export type { ClientOptions } from './transport.ts'
export type { FollowOptions } from './run-stream.ts'
export type { AssetCheck, AssetCheckPage, CheckEvaluation, CheckEvaluationPage, CheckSeverity } from '../api/contract/asset-check.ts'
export type { AssetEventInput, GivenMetadata, RecordedAssetEvent } from '../api/contract/asset-event.ts'
export type { AssetHealth, HealthReason, HealthStatus } from '../api/contract/asset-health.ts'
export type { Asset, AssetDetail, AssetOrigin, AssetPage, AssetState, AssetStatus } from '../api/contract/asset.ts'
export type {
  Backfill,
  BackfillAnswer,
  BackfillAsset,
  BackfillCounts,
  BackfillDetail,
  BackfillFailure,
  BackfillFailureList,
  BackfillPage,
  BackfillStage,
  BackfillStatus,
  StartBackfill,
} from '../api/contract/backfill.ts'
export type { Schedule, SchedulePage, ScheduleTiming } from '../api/contract/schedule.ts'
export type { PreviewSensor, ReceivedEvents, Sensor, SensorPage } from '../api/contract/sensor.ts'
export type { InstigatorStatus, RunRequest, Target, Tick, TickDetail, TickPage, TickPreview, TickStatus } from '../api/contract/tick.ts'
export type { CodeLocation, CodeLocationPage } from '../api/contract/code-location.ts'
export type {
  AddedDynamicPartitionKeys,
  DynamicPartitionKey,
  DynamicPartitionKeyPage,
  DynamicPartitions,
  DynamicPartitionsPage,
  RemovedDynamicPartitionKey,
} from '../api/contract/dynamic-partitions.ts'
export type { Freshness, FreshnessEvent, FreshnessEventPage, FreshnessPolicy, FreshnessState } from '../api/contract/freshness.ts'
export type { Health, HealthPart } from '../api/contract/health.ts'
export type { Graph, GraphNode, NodeOutput, WireSource } from '../api/contract/graph.ts'
export type { Job, JobDetail, JobPage } from '../api/contract/job.ts'
export type { Lineage, LineageEdge, LineageNode } from '../api/contract/lineage.ts'
export type { Materialization, MaterializationPage } from '../api/contract/materialization.ts'
export type { AssetPartition, AssetPartitionPage, PartitionCounts, Partitions } from '../api/contract/partition.ts'
export type { PartitionMapping, TimeWindowMapping } from '../api/contract/partition-mapping.ts'
export type { Metadata, MetadataEntry } from '../api/contract/metadata-value.ts'
export type { MetadataPoint, MetadataSeries } from '../api/contract/metadata-series.ts'
export type { Observation, ObservationPage } from '../api/contract/observation.ts'
export type { Page } from '../api/contract/page.ts'
export type { Finding, Problem } from '../api/contract/problem.ts'
export type { RecordedError } from '../api/contract/recorded-error.ts'
export type { Resource, ResourcePage } from '../api/contract/resource.ts'
export type { StaleCause, Staleness, StaleRootCause } from '../api/contract/staleness.ts'
export type { LogLine, RunEvent, RunEventData, RunEventList, RunEventType } from '../api/contract/run-event.ts'
export type {
  CancelAnswer,
  Run,
  RunConfig,
  RunDetail,
  RunPage,
  RunStatus,
  RunStep,
  StartRun,
  StepKind,
  StepStatus,
} from '../api/contract/run.ts'

/** Which runs. Filters add up. */
export interface RunListFilter {
  /** Any of these. */
  readonly status?: readonly RunStatus[]
  readonly job?: string
  readonly asset?: string
  /** Id of a backfill. */
  readonly backfill?: string
  /** All of these. */
  readonly tags?: Readonly<Record<string, string>>
}

/** Which entries of a run's log. */
export interface EventOptions {
  /** Only those with a greater `seq`. @default 0 */
  readonly after?: number
  /** Most entries, 1 to 1,000. @default 1,000 */
  readonly limit?: number
  /** Whether LOG is among them. @default true */
  readonly logs?: boolean
}

/** The API of one Assetry server. Every method rejects with an `ApiError`. */
export interface Client {
  readonly assets: AssetClient
  readonly dynamicPartitions: DynamicPartitionClient
  lineage(options?: { readonly select?: string }): Promise<Lineage>
  readonly jobs: {
    list(page?: PageOptions): Promise<JobPage>
    iterate(): AsyncIterable<Job>
    get(name: string): Promise<JobDetail>
  }
  readonly runs: {
    /** Starts a run; it is durable when this resolves. `created` is false where the idempotency key was known. */
    start(request: StartRun, options?: StartOptions): Promise<{ readonly run: Run; readonly created: boolean }>
    /** Newest first. */
    list(options?: RunListFilter & PageOptions): Promise<RunPage>
    /** All that match, newest first, page by page. */
    iterate(filter?: RunListFilter): AsyncIterable<Run>
    get(runId: string): Promise<RunDetail>
    events(runId: string, options?: EventOptions): Promise<RunEventList>
    /**
     * The run's log as it is written, from `after` on, to the run's end. A dropped connection is taken up again where
     * it was, so that no entry is missing or comes twice.
     */
    follow(runId: string, options?: FollowOptions): AsyncIterable<RunEvent>
    /** Asks the run to stop, and returns its status: CANCELING at first. */
    cancel(runId: string): Promise<CancelAnswer>
    /** The run once it has ended. `signal: AbortSignal.timeout(ms)` bounds the wait. */
    wait(runId: string, options?: { readonly signal?: AbortSignal }): Promise<RunDetail>
  }
  readonly backfills: BackfillClient
  readonly schedules: ScheduleClient
  readonly sensors: SensorClient
  readonly codeLocations: { list(page?: PageOptions): Promise<CodeLocationPage> }
  readonly resources: { list(page?: PageOptions): Promise<ResourcePage> }
  /** Whether runs can be started now. Resolves also where not; rejects only where there is no answer. */
  health(): Promise<Health>
}

/**
 * Makes a client of an Assetry server.
 *
 * @example
 * ```ts
 * const client = createClient({ baseUrl: 'http://127.0.0.1:3000' })
 * const { run } = await client.runs.start({ selection: '+daily_report' })
 * for await (const event of client.runs.follow(run.runId)) console.log(event.type, event.assetKey)
 * ```
 * @throws `ApiError` SERVER_UNREACHABLE where `baseUrl` is no URL, NOT_AUTHORISED where no header can hold the token
 */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options)
  return {
    assets: assetClient(transport),
    dynamicPartitions: dynamicPartitionClient(transport),
    lineage: ({ select } = {}) => transport.call(Lineage, { path: '/api/v1/lineage', query: { select } }),
    jobs: jobsOf(transport),
    runs: runsOf(transport),
    backfills: backfillClient(transport),
    schedules: scheduleClient(transport),
    sensors: sensorClient(transport),
    codeLocations: { list: (page) => transport.call(CodeLocationPage, { path: '/api/v1/code-locations', query: { ...page } }) },
    resources: { list: (page) => transport.call(ResourcePage, { path: '/api/v1/resources', query: { ...page } }) },
    health: async () => {
      const response = await transport.send({ path: '/readyz' })
      if (response.ok || response.headers.get('content-type')?.startsWith('application/json')) return bodyOf(Health, response)
      throw await problemOf(response)
    },
  }
}

function jobsOf(transport: Transport): Client['jobs'] {
  const list: Client['jobs']['list'] = (page) => transport.call(JobPage, { path: '/api/v1/jobs', query: { ...page } })
  return {
    list,
    iterate: () => everyItem(list),
    get: (name) => transport.call(JobDetail, { path: `/api/v1/jobs/${encodeURIComponent(name)}` }),
  }
}

function runsOf(transport: Transport): Client['runs'] {
  const pathOf = (runId: string) => `/api/v1/runs/${encodeURIComponent(runId)}`
  const get = (runId: string) => transport.call(RunDetail, { path: pathOf(runId) })
  const follow: Client['runs']['follow'] = (runId, options) => followRun(transport, `${pathOf(runId)}/events`, options)
  const list: Client['runs']['list'] = ({ tags, ...options } = {}) =>
    transport.call(RunPage, { path: '/api/v1/runs', query: { ...options, tag: tags && Object.entries(tags).map((tag) => tag.join(':')) } })
  return {
    start: async (request, options) => {
      const { body, created } = await post(transport, Run, { path: '/api/v1/runs', body: request, options })
      return { run: body, created }
    },
    list,
    iterate: (filter) => everyItem((page) => list({ ...filter, ...page })),
    get,
    events: (runId, options) => transport.call(RunEventList, { path: `${pathOf(runId)}/events`, query: { ...options } }),
    follow,
    cancel: (runId) => transport.call(CancelAnswer, { method: 'POST', path: `${pathOf(runId)}/cancel` }),
    wait: async (runId, { signal } = {}) => {
      for await (const _ of follow(runId, { logs: false, ...(signal && { signal }) })) {
        // Only the end is of interest.
      }
      return get(runId)
    },
  }
}
