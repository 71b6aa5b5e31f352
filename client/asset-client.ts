import { type AssetCheck, AssetCheckPage, type CheckEvaluation, CheckEvaluationPage } from '../api/contract/asset-check.ts'
import { type AssetEventInput, RecordedAssetEvent } from '../api/contract/asset-event.ts'
import { AssetDetail, AssetPage, type Asset } from '../api/contract/asset.ts'
import { type FreshnessEvent, FreshnessEventPage } from '../api/contract/freshness.ts'
import { MaterializationPage, type Materialization } from '../api/contract/materialization.ts'
import { MetadataSeries } from '../api/contract/metadata-series.ts'
import { type Observation, ObservationPage } from '../api/contract/observation.ts'
import { AssetPartitionPage, type AssetPartition } from '../api/contract/partition.ts'
import { post, type StartOptions } from './idempotent-post.ts'
import { everyItem, type PageOptions } from './pages.ts'
import type { Transport } from './transport.ts'

/** Which assets. Filters add up. */
export interface AssetFilter {
  /** In the selection language. */
  readonly select?: string
  readonly group?: string
  readonly kind?: string
}

/** What the API says of assets, and takes. Every method rejects with an `ApiError`. */
export interface AssetClient {
  list(options?: AssetFilter & PageOptions): Promise<AssetPage>
  /** All that match, page by page. */
  iterate(filter?: AssetFilter): AsyncIterable<Asset>
  get(key: string): Promise<AssetDetail>
  /** Newest first. */
  materializations(key: string, page?: PageOptions): Promise<MaterializationPage>
  /** All of them, newest first, page by page. */
  iterateMaterializations(key: string): AsyncIterable<Materialization>
  /** Newest first. */
  observations(key: string, page?: PageOptions): Promise<ObservationPage>
  /** All of them, newest first, page by page. */
  iterateObservations(key: string): AsyncIterable<Observation>
  /** How its freshness changed, newest first. */
  freshnessEvents(key: string, page?: PageOptions): Promise<FreshnessEventPage>
  /** All changes of its freshness, newest first, page by page. */
  iterateFreshnessEvents(key: string): AsyncIterable<FreshnessEvent>
  /** Those that exist now, newest first, with how each stands. */
  partitions(key: string, page?: PageOptions): Promise<AssetPartitionPage>
  /** All of them, newest first, page by page. */
  iteratePartitions(key: string): AsyncIterable<AssetPartition>
  /** By name, with what each found last. */
  checks(key: string, page?: PageOptions): Promise<AssetCheckPage>
  iterateChecks(key: string): AsyncIterable<AssetCheck>
  /** What a check found, newest first. */
  checkEvaluations(key: string, checkName: string, page?: PageOptions): Promise<CheckEvaluationPage>
  /** All that a check found, newest first, page by page. */
  iterateCheckEvaluations(key: string, checkName: string): AsyncIterable<CheckEvaluation>
  /** A number of the asset's metadata over its newest materializations, oldest first. `limit`: 1 to 1,000. @default 100 */
  metadataSeries(key: string, name: string, options?: { readonly limit?: number }): Promise<MetadataSeries>
  /** Records an event that happened outside of every run. `created` is false where the idempotency key was known. */
  report(
    key: string,
    event: AssetEventInput,
    options?: StartOptions,
  ): Promise<{ readonly event: RecordedAssetEvent; readonly created: boolean }>
}

/** The part of a client that is about assets. */
export function assetClient(transport: Transport): AssetClient {
  const list: AssetClient['list'] = (options) => transport.call(AssetPage, { path: '/api/v1/assets', query: { ...options } })
  const pathOf = (key: string) => `/api/v1/assets/${encodeURIComponent(key)}`
  const materializations: AssetClient['materializations'] = (key, page) =>
    transport.call(MaterializationPage, { path: `${pathOf(key)}/materializations`, query: { ...page } })
  const observations: AssetClient['observations'] = (key, page) =>
    transport.call(ObservationPage, { path: `${pathOf(key)}/observations`, query: { ...page } })
  const freshnessEvents: AssetClient['freshnessEvents'] = (key, page) =>
    transport.call(FreshnessEventPage, { path: `${pathOf(key)}/freshness-events`, query: { ...page } })
  const partitions: AssetClient['partitions'] = (key, page) =>
    transport.call(AssetPartitionPage, { path: `${pathOf(key)}/partitions`, query: { ...page } })
  const checks: AssetClient['checks'] = (key, page) => transport.call(AssetCheckPage, { path: `${pathOf(key)}/checks`, query: { ...page } })
  const checkEvaluations: AssetClient['checkEvaluations'] = (key, checkName, page) =>
    transport.call(CheckEvaluationPage, { path: `${pathOf(key)}/checks/${encodeURIComponent(checkName)}/evaluations`, query: { ...page } })
  return {
    list,
    iterate: (filter) => everyItem((page) => list({ ...filter, ...page })),
    get: (key) => transport.call(AssetDetail, { path: pathOf(key) }),
    materializations,
    iterateMaterializations: (key) => everyItem((page) => materializations(key, page)),
    observations,
    iterateObservations: (key) => everyItem((page) => observations(key, page)),
    freshnessEvents,
    iterateFreshnessEvents: (key) => everyItem((page) => freshnessEvents(key, page)),
    partitions,
    iteratePartitions: (key) => everyItem((page) => partitions(key, page)),
    checks,
    iterateChecks: (key) => everyItem((page) => checks(key, page)),
    checkEvaluations,
    iterateCheckEvaluations: (key, checkName) => everyItem((page) => checkEvaluations(key, checkName, page)),
    metadataSeries: (key, name, options) =>
      transport.call(MetadataSeries, { path: `${pathOf(key)}/metadata/${encodeURIComponent(name)}`, query: { ...options } }),
    report: async (key, event, options) => {
      const { body, created } = await post(transport, RecordedAssetEvent, { path: `${pathOf(key)}/events`, body: event, options })
      return { event: body, created }
    },
  }
}
