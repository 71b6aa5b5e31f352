import type { Asset, AssetDetail, AssetStatus } from './contract/asset.ts'
import type { CodeLocation } from './contract/code-location.ts'
import type { Health } from './contract/health.ts'
import type { Job } from './contract/job.ts'
import type { Lineage } from './contract/lineage.ts'
import type { Materialization } from './contract/materialization.ts'
import type { Problem } from './contract/problem.ts'
import type { Resource } from './contract/resource.ts'
import type { RunEvent } from './contract/run-event.ts'
import type { Run, RunDetail, RunStep, StartRun } from './contract/run.ts'

/** What the API's description shows: one small project, `raw_weather` → `daily_report`, and one run of it. */

const runId = '0199c1c4-3f0e-7cc4-a6f4-3d8f0c6f1f3a'

export const exampleMaterialization: Materialization = {
  id: '0199c1c4-4a10-7cc4-9f60-6a3c2d1e0b7f',
  runId,
  stepKey: 'daily_report',
  assetKey: 'daily_report',
  partitionKey: null,
  time: '2026-01-31T06:00:00.512Z',
  durationMs: 87,
  metadata: { rows: { type: 'int', value: 1461 } },
  tags: {},
  codeVersion: '2',
  dataVersion: null,
}

const latest: AssetStatus = {
  status: 'MATERIALIZED',
  lastRunId: runId,
  updatedAt: '2026-01-31T06:00:00.512Z',
  materializationCount: 31,
  lastMaterialization: exampleMaterialization,
  inProgressRunId: null,
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
  retries: { max: 3, delayMs: 1_000, backoff: 'exponential', jitter: true },
  timeoutMs: null,
  heartbeatTimeoutMs: null,
  config: null,
  latest,
}

export const exampleAssetDetail: AssetDetail = { ...exampleAsset, downstreamKeys: [], jobNames: ['daily_reports'] }

export const exampleLineage: Lineage = {
  nodes: ['raw_weather', 'daily_report'].map((key) => ({
    key,
    codeLocation: 'default',
    group: key === 'raw_weather' ? 'raw' : 'reports',
    description: null,
    kinds: ['json'],
    status: 'MATERIALIZED',
    inProgressRunId: null,
  })),
  edges: [{ upstream: 'raw_weather', downstream: 'daily_report', loaded: true }],
}

export const exampleJob: Job = {
  name: 'daily_reports',
  codeLocation: 'default',
  description: null,
  tags: {},
  selection: 'group:reports',
  assetKeys: ['daily_report'],
  runConfig: {},
}

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
  runConfig: {},
  tags: { reason: 'first look' },
  createdAt: '2026-01-31T06:00:00.250Z',
  startedAt: '2026-01-31T06:00:00.301Z',
  endedAt: '2026-01-31T06:00:00.520Z',
  endReason: null,
}

const exampleStep: RunStep = {
  stepKey: 'daily_report',
  assetKey: 'daily_report',
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
}

export const exampleRunDetail: RunDetail = {
  ...exampleRun,
  steps: [exampleStep],
  materializations: [exampleMaterialization],
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
