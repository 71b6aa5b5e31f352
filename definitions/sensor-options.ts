import type { AssetResources } from './computation.ts'
import { resourcesOf } from './computation-options.ts'
import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'
import { type Metadata, type MetadataInput, metadataOf } from './metadata-value.ts'
import { definitionName } from './name.ts'
import { type Tags, tagsOf } from './tags.ts'
import { type Target, type TargetOptions, targetOption } from './target.ts'

/** Whether a schedule or a sensor is at work. */
export type InstigatorStatus = 'RUNNING' | 'STOPPED'

/** What becomes of a run request whose run key came before. */
export interface RunKeyOptions {
  /** How long a run key is remembered. @default for good */
  readonly window?: Duration
  /** Whether a key may come again where its run failed or was cancelled. @default 'skip' */
  readonly failedRuns?: 'skip' | 'rerun'
}

/** What every kind of sensor takes beside its function. */
export interface AnySensorOptions<TResources extends AssetResources> extends TargetOptions {
  readonly name: string
  readonly description?: string
  /** Given to each of its runs. */
  readonly tags?: Tags
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  readonly resources?: TResources
  /** Whether it is at work before anybody has started or stopped it. @default 'STOPPED' */
  readonly defaultStatus?: InstigatorStatus
  /** Longest time of one evaluation. @default 60 seconds, Dagster's */
  readonly timeout?: Duration
  /** What becomes of run keys that come again. @default they are never run again */
  readonly runKeys?: RunKeyOptions
  /** Evaluations in a row that may fail before it is stopped. Waiting doubles with each, up to ten minutes. @default it is never stopped */
  readonly stopAfterErrors?: number
  /** The name it had before: cursor, run keys, events and whether it is at work are taken over. */
  readonly renamedFrom?: string
}

/** How a sensor remembers run keys. */
export interface RunKeyPolicy {
  /** Null for good. Unit: milliseconds. */
  readonly windowMs: number | null
  readonly failedRuns: 'skip' | 'rerun'
}

/** What every kind of sensor has. */
export interface AnySensor {
  readonly name: string
  readonly description: string | undefined
  readonly target: Target
  readonly tags: Tags
  readonly metadata: Metadata
  readonly resources: AssetResources
  readonly defaultStatus: InstigatorStatus
  readonly timeoutMs: number
  readonly runKeys: RunKeyPolicy
  readonly stopAfterErrors: number | undefined
  readonly renamedFrom: string | undefined
}

const defaultTimeout: Duration = '60 seconds'

/** What every kind of sensor has, checked. @throws `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID` */
export function anySensor(options: AnySensorOptions<AssetResources>): AnySensor {
  const name = definitionName('sensor', options.name)
  const owner = `sensor "${name}"`
  return {
    name,
    description: options.description,
    target: targetOption(owner, options),
    tags: tagsOf(owner, options.tags ?? {}),
    metadata: metadataOf(owner, options.metadata ?? {}),
    resources: resourcesOf(owner, options.resources ?? {}),
    defaultStatus: statusOption(owner, options.defaultStatus),
    timeoutMs: milliseconds(options.timeout ?? defaultTimeout, `${owner}: timeout`),
    runKeys: runKeyPolicy(owner, options.runKeys ?? {}),
    stopAfterErrors: countOption(owner, options.stopAfterErrors),
    renamedFrom: options.renamedFrom === undefined ? undefined : definitionName('sensor', options.renamedFrom),
  }
}

/** Checks the option `defaultStatus`. @throws `INVALID_OPTION` */
export function statusOption(owner: string, given: InstigatorStatus = 'STOPPED'): InstigatorStatus {
  if (given === 'RUNNING' || given === 'STOPPED') return given
  throw refused(owner, `defaultStatus is ${JSON.stringify(given)}, not 'RUNNING' or 'STOPPED'.`)
}

function runKeyPolicy(owner: string, { window, failedRuns = 'skip' }: RunKeyOptions): RunKeyPolicy {
  if (failedRuns !== 'skip' && failedRuns !== 'rerun')
    throw refused(owner, `runKeys.failedRuns is ${JSON.stringify(failedRuns)}, not 'skip' or 'rerun'.`)
  return { windowMs: window === undefined ? null : milliseconds(window, `${owner}: runKeys.window`), failedRuns }
}

function countOption(owner: string, given: number | undefined): number | undefined {
  if (given === undefined || (Number.isSafeInteger(given) && given >= 1)) return given
  throw refused(owner, `stopAfterErrors is ${String(given)}, not a whole number from 1 on.`)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
