import type { AssetCheck, CheckEvaluation } from './contract/asset-check.ts'
import type { AssetEvent, RecordedAssetEvent } from './contract/asset-event.ts'
import type { Asset, AssetDetail, AssetStatus } from './contract/asset.ts'
import type { Backfill, BackfillCounts, BackfillDetail, BackfillFailure, StartBackfill } from './contract/backfill.ts'
import type { CodeLocation } from './contract/code-location.ts'
import type { FreshnessEvent } from './contract/freshness.ts'
import type { GraphNode } from './contract/graph.ts'
import type { Health } from './contract/health.ts'
import type { Job, JobDetail } from './contract/job.ts'
import type { Lineage } from './contract/lineage.ts'
import type { Materialization } from './contract/materialization.ts'
import type { AddedDynamicPartitionKeys, DynamicPartitionKey, DynamicPartitions } from './contract/dynamic-partitions.ts'
import type { MetadataSeries } from './contract/metadata-series.ts'
import type { Observation } from './contract/observation.ts'
import type { AssetPartition, AssetPartitionPage } from './contract/partition.ts'
import type { Problem } from './contract/problem.ts'
import type { Resource } from './contract/resource.ts'
import type { RunEvent } from './contract/run-event.ts'
import type { Run, RunDetail, RunStep, StartRun } from './contract/run.ts'

/** What the API's description shows: one small project, `raw_weather` → `daily_report`, and one run of it. */

const runId = '0199c1c4-3f0e-7cc4-a6f4-3d8f0c6f1f3a'

export const exampleObservation: Observation = {
  id: '17',
  runId: null,
  stepKey: null,
  assetKey: 'raw_weather',
  partitionKey: null,
  time: '2026-01-31T05:58:11.020Z',
  metadata: { files: { type: 'int', value: 24 } },
  tags: {},
  dataVersion: '2026-01-31T05:00',
}

export const exampleEvaluation: CheckEvaluation = {
  id: '58',
  runId,
  stepKey: 'daily_report:no_gaps',
  assetKey: 'daily_report',
  checkName: 'no_gaps',
  partitionKey: null,
  time: '2026-01-31T06:00:00.518Z',
  passed: false,
  severity: 'WARN',
  blocking: false,
  description: '2 days have no measurement.',
  metadata: { days: { type: 'int', value: 2 } },
  materializationId: '31',
}

export const exampleCheck: AssetCheck = {
  name: 'no_gaps',
  description: 'Every day has a measurement.',
  blocking: false,
  inStep: false,
  upstreamKeys: [],
  resources: [],
  timeoutMs: null,
  heartbeatTimeoutMs: null,
  config: null,
  latest: exampleEvaluation,
}

export const exampleMaterialization: Materialization = {
  id: '31',
  runId,
  stepKey: 'daily_report',
  assetKey: 'daily_report',
  partitionKey: null,
  time: '2026-01-31T06:00:00.512Z',
  durationMs: 87,
  metadata: { rows: { type: 'int', value: 1461 } },
  tags: {},
  codeVersion: '2',
  dataVersion: '9f2c41',
  inputVersions: { raw_weather: '2026-01-31T05:00' },
}

const latest: AssetStatus = {
  status: 'MATERIALIZED',
  lastRunId: runId,
  updatedAt: '2026-01-31T06:00:00.512Z',
  materializationCount: 31,
  lastMaterialization: exampleMaterialization,
  lastObservation: null,
  dataVersion: '9f2c41',
  dataVersionAt: '2026-01-31T06:00:00.512Z',
  inProgressRunId: null,
}

const ageReason = 'Its last update was 2026-01-31T06:00:00.512Z; it warns after 12 hours and fails after 1 day.'

export const exampleFreshnessEvent: FreshnessEvent = {
  id: '9',
  assetKey: 'daily_report',
  from: 'PASS',
  to: 'WARN',
  time: '2026-01-31T18:00:00.512Z',
  reason: ageReason,
}

export const exampleAsset: Asset = {
  key: 'daily_report',
  codeLocation: 'default',
  group: 'reports',
  description: 'Mean temperature and rain of each day.',
  owners: ['team:weather'],
  tags: { tier: 'gold' },
  kinds: ['json'],
  metadata: {},
  codeVersion: '2',
  inputs: [{ name: 'rawWeather', key: 'raw_weather' }],
  upstreamKeys: ['raw_weather'],
  resources: [],
  ioManager: 'filesystem',
  partitions: null,
  partitionMappings: {},
  selfMapping: null,
  retries: { max: 3, delayMs: 1_000, backoff: 'exponential', jitter: true },
  timeoutMs: null,
  heartbeatTimeoutMs: null,
  config: null,
  origin: 'function',
  multiAsset: null,
  checks: [exampleCheck],
  staleness: { status: 'FRESH', causes: [], moreCauses: false },
  freshness: {
    policy: { kind: 'time-window', failWindowMs: 86_400_000, warnWindowMs: 43_200_000 },
    state: 'WARN',
    since: '2026-01-31T18:00:00.512Z',
    reason: ageReason,
    nextChangeAt: '2026-02-01T06:00:00.512Z',
    lastUpdatedAt: '2026-01-31T06:00:00.512Z',
  },
  health: {
    status: 'WARNING',
    reasons: [
      { kind: 'CHECK', status: 'WARNING', checkName: 'no_gaps', reason: 'Check "no_gaps" did not pass: 2 days have no measurement.' },
      { kind: 'FRESHNESS', status: 'WARNING', reason: ageReason },
    ],
  },
  latest,
}

export const exampleAssetDetail: AssetDetail = { ...exampleAsset, downstreamKeys: [], jobNames: ['daily_reports'], graph: null }

export const exampleLineage: Lineage = {
  nodes: ['raw_weather', 'daily_report'].map((key) => ({
    key,
    codeLocation: 'default',
    group: key === 'raw_weather' ? 'raw' : 'reports',
    description: null,
    kinds: ['json'],
    origin: 'function',
    status: 'MATERIALIZED',
    staleness: 'FRESH',
    inProgressRunId: null,
  })),
  edges: [{ upstream: 'raw_weather', downstream: 'daily_report', loaded: true }],
}

export const exampleJob: Job = {
  name: 'daily_reports',
  codeLocation: 'default',
  description: null,
  tags: {},
  kind: 'asset',
  selection: 'group:reports',
  assetKeys: ['daily_report'],
  runConfig: {},
}

const exampleNode: GraphNode = {
  path: 'fetch_data',
  op: 'fetch_data',
  description: null,
  tags: {},
  inputs: [],
  outputs: [{ name: 'result', optional: false }],
  after: [],
  over: [],
  resources: [],
  retries: null,
  timeoutMs: null,
  heartbeatTimeoutMs: null,
  codeVersion: null,
  config: null,
}

export const exampleJobDetail: JobDetail = {
  ...exampleJob,
  name: 'send_mails',
  kind: 'graph',
  selection: '',
  assetKeys: [],
  graph: {
    nodes: [
      exampleNode,
      {
        ...exampleNode,
        path: 'send',
        op: 'send',
        inputs: [{ name: 'row', fanIn: false, sources: [{ kind: 'element', level: 0, node: 'fetch_data', output: 'result' }] }],
        over: [{ node: 'fetch_data', output: 'result' }],
      },
    ],
    result: null,
  },
}

export const exampleSeries: MetadataSeries = {
  assetKey: 'daily_report',
  name: 'rows',
  points: [{ materializationId: '31', runId, partitionKey: null, time: '2026-01-31T06:00:00.512Z', value: 1461 }],
}

export const exampleAssetEvent: AssetEvent = { type: 'materialization', metadata: { rows: 1461 }, dataVersion: '2026-01-31' }

export const exampleRecordedEvent: RecordedAssetEvent = { id: '32', type: 'materialization', assetKey: 'raw_weather' }

export const exampleResource: Resource = {
  name: 'warehouse',
  codeLocation: 'default',
  description: null,
  environment: ['WAREHOUSE_URL'],
  usedBy: ['daily_report'],
}

export const exampleCodeLocation: CodeLocation = {
  name: 'default',
  snapshotHash: '3f2a9c0d51e7',
  registeredAt: '2026-01-31T05:59:58.000Z',
  assetCount: 2,
  jobCount: 1,
  resourceCount: 1,
  taskQueue: 'assetry:default',
  hasWorker: true,
}

export const exampleStartRun: StartRun = { selection: '+daily_report', tags: { reason: 'first look' } }

export const exampleRun: Run = {
  runId,
  status: 'SUCCESS',
  codeLocation: 'default',
  snapshotHash: '3f2a9c0d51e7',
  jobName: null,
  selection: '+daily_report',
  assetKeys: ['raw_weather', 'daily_report'],
  stepCount: 2,
  partitionKey: null,
  partitions: null,
  backfillId: null,
  runConfig: {},
  tags: { reason: 'first look' },
  createdAt: '2026-01-31T06:00:00.250Z',
  startedAt: '2026-01-31T06:00:00.301Z',
  endedAt: '2026-01-31T06:00:00.520Z',
  endReason: null,
}

const exampleStep: RunStep = {
  stepKey: 'daily_report',
  kind: 'materialize',
  assetKey: 'daily_report',
  assetKeys: ['daily_report'],
  status: 'SUCCESS',
  attempt: 1,
  failures: 0,
  losses: 0,
  worker: '4711@host',
  startedAt: '2026-01-31T06:00:00.425Z',
  endedAt: '2026-01-31T06:00:00.512Z',
  durationMs: 87,
  error: null,
  because: null,
  why: null,
}

export const exampleRunDetail: RunDetail = {
  ...exampleRun,
  steps: [exampleStep],
  materializations: [exampleMaterialization],
  observations: [],
  checks: [exampleEvaluation],
  waitingFor: null,
  temporal: { workflowId: `run:${runId}`, namespace: 'default', url: null },
}

export const exampleEvent: RunEvent = {
  seq: 4,
  type: 'ASSET_MATERIALIZATION',
  time: '2026-01-31T06:00:00.512Z',
  stepKey: 'daily_report',
  assetKey: 'daily_report',
  partitionKey: null,
  attempt: 1,
  data: { durationMs: 87, metadata: exampleMaterialization.metadata },
}

export const exampleEventStream = `id: 4\nevent: ASSET_MATERIALIZATION\ndata: ${JSON.stringify(exampleEvent)}\n\nevent: end\ndata: {"status":"SUCCESS"}\n\n`

export const exampleHealth: Health = {
  status: 'ok',
  version: '0.1.0',
  parts: (['store', 'temporal', 'codeLocation', 'worker'] as const).map((name) => ({ name, ok: true, detail: null })),
}

/** A page with one entry. */
export function examplePage<TItem>(item: TItem): { items: TItem[]; nextCursor: null } {
  return { items: [item], nextCursor: null }
}

/** A problem as an answer with that status shows it. */
export function exampleProblem(status: number, code: string, detail: string): Problem {
  const words = code.toLowerCase().replaceAll('_', ' ')
  const title = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
  return { type: `urn:assetry:error:${code}`, title, status, detail, code, instance: '/api/v1/…' }
}

const examplePartition: AssetPartition = {
  key: '2026-01-31',
  status: 'MATERIALIZED',
  window: { start: '2026-01-31T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' },
  lastRunId: runId,
  lastMaterializedAt: '2026-02-01T06:00:00.512Z',
  dataVersion: '9f2c41',
}

export const exampleDynamicPartitions: DynamicPartitions = { name: 'customers', count: 2, assetKeys: ['invoices'] }

export const exampleDynamicKey: DynamicPartitionKey = { key: 'acme', addedAt: '2026-01-31T06:00:00.000Z' }

export const exampleAddedKeys: AddedDynamicPartitionKeys = { name: 'customers', added: ['initech'] }

export const examplePartitionPage: AssetPartitionPage = {
  items: [examplePartition],
  nextCursor: null,
  partitions: {
    kind: 'daily',
    start: '2026-01-01T00:00:00Z',
    end: null,
    timezone: 'UTC',
    format: '%Y-%m-%d',
    endOffset: 0,
    exclusions: [],
    hourOffset: 0,
    minuteOffset: 0,
    dayOffset: 0,
  },
  counts: { total: 31, materialized: 30, failed: 0, missing: 1, inProgress: 0 },
}

export const exampleStartBackfill: StartBackfill = { selection: 'daily_report', partitions: ['2026-01-01...2026-01-31'] }

const exampleCounts: BackfillCounts = { targeted: 31, waiting: 0, inProgress: 12, materialized: 18, failed: 1, skipped: 0 }

export const exampleBackfill: Backfill = {
  backfillId: '5b1f7a52-0c56-4f0c-9d5e-8a3c1d2b7e90',
  status: 'STARTED',
  codeLocation: 'default',
  snapshotHash: '3f2a9c0d51e7',
  jobName: null,
  selection: 'daily_report',
  assets: [{ assetKey: 'daily_report', ...exampleCounts }],
  totals: exampleCounts,
  runConfig: {},
  tags: {},
  concurrency: 100,
  priority: null,
  partitionsPerStep: null,
  continueOnFailure: false,
  createdAt: '2026-02-01T06:00:00.250Z',
  startedAt: '2026-02-01T06:00:00.301Z',
  endedAt: null,
  endReason: null,
}

export const exampleBackfillDetail: BackfillDetail = {
  ...exampleBackfill,
  stages: [{ assetKeys: ['daily_report'], ranges: ['2026-01-01...2026-01-31'], count: 31 }],
  waitingFor: null,
  temporal: { workflowId: `backfill:${exampleBackfill.backfillId}`, namespace: 'default', url: null },
}

export const exampleBackfillFailure: BackfillFailure = {
  assetKey: 'daily_report',
  partitionKey: '2026-01-17',
  kind: 'FAILED',
  error: { name: 'Error', message: 'no measurements', stack: null, code: null, metadata: null, cause: null },
  because: null,
  runId,
  time: '2026-02-01T06:00:02.114Z',
}
