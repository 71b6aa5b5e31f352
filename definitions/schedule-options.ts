import { ownerOf } from './asset-description.ts'
import type { AssetResources } from './computation.ts'
import { resourcesOf } from './computation-options.ts'
import type { RunConfig } from './config.ts'
import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'
import { type Metadata, type MetadataInput, metadataOf } from './metadata-value.ts'
import { definitionName } from './name.ts'
import { type InstigatorStatus, statusOption } from './sensor-options.ts'
import { type Tags, tagsOf } from './tags.ts'

/** What becomes of a tick while the runs of an earlier one are at work. */
export type Overlap = (typeof overlaps)[number]

/** What becomes of ticks that were missed while nothing could run. */
export type MissedTicks = (typeof missedTicks)[number]

/** What {@link schedule} and {@link partitionedSchedule} both take. */
export interface AnyScheduleOptions {
  readonly description?: string
  /** E-mail addresses, or `team:name`. */
  readonly owners?: readonly string[]
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  /** Given to each of its runs. */
  readonly tags?: Tags
  /** The config of its runs, where a run request brings none of its own. @default the job's */
  readonly runConfig?: RunConfig
  /** Whether it is at work before anybody has started or stopped it. @default 'STOPPED' */
  readonly defaultStatus?: InstigatorStatus
  /**
   * What becomes of a tick while the runs of an earlier one are at work: they run side by side, it is skipped, it waits
   * (one, or all of them), or the earlier runs are cancelled or terminated. @default 'allow'
   */
  readonly overlap?: Overlap
  /**
   * How late a tick may still run, when nothing could run at its time: after it, it is lost.
   *
   * @default 1 day; of a partitioned schedule 7 days
   */
  readonly catchupWindow?: Duration
  /**
   * Whether of ticks that were missed while nothing could run the newest runs, or all.
   *
   * @default 'latest'; 'all' of a partitioned schedule, and where `overlap` lets all of them wait
   */
  readonly missedTicks?: MissedTicks
  /** Delays each tick by a part of this, always the same for the same tick. @default none */
  readonly jitter?: Duration
  /** Stops it when a tick or a run of it has failed. @default false */
  readonly pauseOnFailure?: boolean
  /** Longest time of one evaluation. @default 60 seconds, Dagster's */
  readonly timeout?: Duration
  /** The name it had before: whether it is at work and its ticks are taken over. */
  readonly renamedFrom?: string
}

/** What every schedule has, beside what it starts and when. */
export interface AnySchedule {
  readonly name: string
  readonly description: string | undefined
  readonly owners: readonly string[]
  readonly metadata: Metadata
  readonly tags: Tags
  readonly resources: AssetResources
  readonly runConfig: RunConfig | undefined
  readonly defaultStatus: InstigatorStatus
  readonly overlap: Overlap
  readonly catchupWindowMs: number
  readonly missedTicks: MissedTicks
  readonly jitterMs: number
  readonly pauseOnFailure: boolean
  readonly timeoutMs: number
  readonly renamedFrom: string | undefined
}

const overlaps = ['allow', 'skip', 'bufferOne', 'bufferAll', 'cancelOther', 'terminateOther'] as const
const missedTicks = ['latest', 'all'] as const

/** Least that Temporal takes. Unit: milliseconds. */
const leastCatchupMs = 10_000

const defaultTimeout: Duration = '60 seconds'

/** What a definer's own kind of schedule has where nothing is said. */
interface Defaults {
  readonly catchupWindow: Duration
  readonly missedTicks: MissedTicks
}

/** What every schedule has, checked. @throws `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID` */
export function anySchedule(
  options: AnyScheduleOptions & { readonly name: string; readonly resources?: AssetResources },
  defaults: Defaults,
): AnySchedule {
  const name = definitionName('schedule', options.name)
  const owner = `schedule "${name}"`
  const overlap = oneOf(owner, 'overlap', options.overlap ?? 'allow', overlaps)
  return {
    name,
    description: options.description,
    owners: (options.owners ?? []).map((each) => ownerOf(owner, each)),
    metadata: metadataOf(owner, options.metadata ?? {}),
    tags: tagsOf(owner, options.tags ?? {}),
    resources: resourcesOf(owner, options.resources ?? {}),
    runConfig: options.runConfig,
    defaultStatus: statusOption(owner, options.defaultStatus),
    overlap,
    catchupWindowMs: milliseconds(options.catchupWindow ?? defaults.catchupWindow, `${owner}: catchupWindow`, leastCatchupMs),
    missedTicks: missedTicksOption(owner, overlap, options.missedTicks, defaults.missedTicks),
    jitterMs: milliseconds(options.jitter ?? 0, `${owner}: jitter`, 0),
    pauseOnFailure: options.pauseOnFailure ?? false,
    timeoutMs: milliseconds(options.timeout ?? defaultTimeout, `${owner}: timeout`),
    renamedFrom: options.renamedFrom === undefined ? undefined : definitionName('schedule', options.renamedFrom),
  }
}

/** What waits for another run is late for that reason, and not one that was missed. */
function missedTicksOption(owner: string, overlap: Overlap, given: MissedTicks | undefined, otherwise: MissedTicks): MissedTicks {
  if (overlap !== 'bufferAll') return oneOf(owner, 'missedTicks', given ?? otherwise, missedTicks)
  if (given === 'latest')
    throw refused(owner, `missedTicks is 'latest', but overlap 'bufferAll' lets every tick wait for its turn. Take one of them away.`)
  return oneOf(owner, 'missedTicks', given ?? 'all', missedTicks)
}

function oneOf<TValue extends string>(owner: string, option: string, given: TValue, values: readonly TValue[]): TValue {
  if (values.includes(given)) return given
  throw refused(owner, `${option} is ${JSON.stringify(given)}, not one of ${values.map((value) => `'${value}'`).join(', ')}.`)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
