import { type Branded, hasKind, kindOf } from './brand.ts'
import type { AssetResources, ResourceClients } from './computation.ts'
import { requireFunction } from './computation-options.ts'
import { AssetryError } from './errors.ts'
import type { PartitionsTiming } from './partitioned-timing.ts'
import type { ScheduleContext, ScheduleReturn } from './schedule-context.ts'
import { type AnySchedule, anySchedule, type AnyScheduleOptions } from './schedule-options.ts'
import { type ScheduleTiming, type TimingOptions, timingOption } from './schedule-timing.ts'
import { type Target, type TargetOptions, targetOption } from './target.ts'

/** What {@link schedule} takes. */
export interface ScheduleOptions<TResources extends AssetResources> extends AnyScheduleOptions, TimingOptions, TargetOptions {
  readonly name: string
  readonly resources?: TResources
  /**
   * Decides at each tick: returns or yields `runRequest(…)`, the config of a run, or `skip(…)`. A tick for which it gives nothing
   * is skipped.
   *
   * @default one run
   */
  readonly evaluate?: (context: ScheduleContext<ResourceClients<TResources>>) => ScheduleReturn | void | Promise<ScheduleReturn | void>
}

/** Something that starts runs at times that are known before. */
export interface Schedule extends Branded<'schedule'>, AnySchedule {
  readonly target: Target
  /** When it ticks; of a partitioned schedule that follows from the partitions of its assets. */
  readonly timing: ScheduleTiming | PartitionsTiming
  readonly evaluate: ((context: never) => unknown) | undefined
}

/**
 * Declares a schedule: runs of a job at times that are known before.
 *
 * @example
 * ```ts
 * const morning = schedule({ name: 'morning', job: reports, cron: '0 6 * * mon-fri', timezone: 'Europe/Berlin' })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function schedule<const TResources extends AssetResources = {}>(options: ScheduleOptions<TResources>): Schedule {
  const common = anySchedule(options, { catchupWindow: '1 day', missedTicks: 'latest' })
  const owner = `schedule "${common.name}"`
  const target = targetOption(owner, options)
  if (options.evaluate === undefined) requireOneTarget(owner, target)
  else requireFunction(owner, 'evaluate', options.evaluate)
  return { [kindOf]: 'schedule', ...common, target, timing: timingOption(owner, options), evaluate: options.evaluate }
}

export function isSchedule(value: unknown): value is Schedule {
  return hasKind(value, 'schedule')
}

function requireOneTarget(owner: string, { jobs, selection }: Target): void {
  if (jobs.length === 1 || selection !== null) return
  const text =
    jobs.length === 0
      ? 'it says nothing to start. Give job, or selection.'
      : `it has ${jobs.length} jobs, and no evaluate to say which of them is meant. Give evaluate, whose runRequest({ job }) says it, or a schedule each.`
  throw new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
