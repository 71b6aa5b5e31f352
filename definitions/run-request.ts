import { type AssetSelection, isAssetSelection, printSelection } from './asset-selection.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import type { RunConfig } from './config.ts'
import { AssetryError } from './errors.ts'
import { isJob, type Job } from './job.ts'
import { type Tags, tagsOf } from './tags.ts'

/** Longest run key. Unit: characters. */
const longestRunKey = 1_000

/** What {@link runRequest} takes. */
export interface RunRequestOptions {
  /** A request with a key that came before is not run again. @default none: always a run */
  readonly runKey?: string
  /** Which of the jobs it is for, where there are several; by the job or its name. */
  readonly job?: Job | string
  /** Some of the assets only: `'group:raw'`, or an `AssetSelection`. @default all of the job's */
  readonly selection?: string | AssetSelection
  readonly partitionKey?: string
  /** Keys and ranges `a...b`: a backfill of these is started instead of a run. */
  readonly partitions?: readonly string[]
  readonly runConfig?: RunConfig
  readonly tags?: Tags
}

/** A request of a schedule or a sensor for one run, or for one backfill. */
export interface RunRequest extends Branded<'run-request'> {
  readonly runKey: string | undefined
  /** Name of the job. */
  readonly job: string | undefined
  /** In the selection language. */
  readonly selection: string | undefined
  readonly partitionKey: string | undefined
  readonly partitions: readonly string[] | undefined
  readonly runConfig: RunConfig | undefined
  readonly tags: Tags
}

/**
 * Asks for a run.
 *
 * @example
 * ```ts
 * const newFiles = sensor({
 *   name: 'new_files',
 *   job: ingest,
 *   evaluate: async function* () {
 *     for (const file of await readdir('inbox')) yield runRequest({ runKey: file, runConfig: { assets: { raw: { file } } } })
 *   },
 * })
 * ```
 * @throws `INVALID_OPTION`
 */
export function runRequest(options: RunRequestOptions = {}): RunRequest {
  const { runKey, partitionKey, partitions } = options
  if (runKey !== undefined && (typeof runKey !== 'string' || runKey === '' || runKey.length > longestRunKey))
    throw refused(`runKey is ${JSON.stringify(runKey)}, which is not a text of 1 to ${longestRunKey} characters.`)
  if (partitionKey !== undefined && partitions !== undefined)
    throw refused('it has a partitionKey and partitions. Give the one for a run of one partition, the other for a backfill of many.')
  return {
    [kindOf]: 'run-request',
    runKey,
    job: isJob(options.job) ? options.job.name : options.job,
    selection: isAssetSelection(options.selection) ? printSelection(options.selection) : options.selection,
    partitionKey,
    partitions,
    runConfig: options.runConfig,
    tags: tagsOf('runRequest()', options.tags ?? {}),
  }
}

export function isRunRequest(value: unknown): value is RunRequest {
  return hasKind(value, 'run-request')
}

function refused(text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `runRequest(): ${text}`)
}
