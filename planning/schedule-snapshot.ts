import type { Definitions } from '../definitions/definitions.ts'
import type { Json, Metadata } from '../definitions/metadata-value.ts'
import { partitionedTiming } from '../definitions/partitioned-timing.ts'
import type { PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import type { Schedule } from '../definitions/schedule.ts'
import type { MissedTicks, Overlap } from '../definitions/schedule-options.ts'
import type { ScheduleTiming } from '../definitions/schedule-timing.ts'
import type { InstigatorStatus } from '../definitions/sensor-options.ts'
import type { Target } from '../definitions/target.ts'
import { targetPartitions } from '../definitions/target-partitions.ts'
import { sortedByName } from './sorted-by-name.ts'

/** What can be written down about a schedule. */
export interface ScheduleSnapshot {
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly target: Target
  readonly tags: Readonly<Record<string, string>>
  readonly metadata: Metadata
  /** Names of the resources it asks for. */
  readonly resources: readonly string[]
  /** Config that a run has unless the request says otherwise; null where the job's holds. */
  readonly runConfig: Readonly<Record<string, Readonly<Record<string, Json>>>> | null
  readonly timing: ScheduleTiming
  /** The partitions that its ticks ask for; null where it isn't a partitioned one. */
  readonly partitions: PartitionsSpec | null
  /** Whether a function of the project decides at each tick. */
  readonly hasFunction: boolean
  readonly defaultStatus: InstigatorStatus
  readonly overlap: Overlap
  readonly catchupWindowMs: number
  readonly missedTicks: MissedTicks
  readonly jitterMs: number
  readonly pauseOnFailure: boolean
  readonly timeoutMs: number
  readonly renamedFrom: string | null
}

/** What can be written down about a schedule of definitions that were checked. */
export function scheduleSnapshot(definitions: Pick<Definitions, 'assets' | 'jobs'>, schedule: Schedule): ScheduleSnapshot {
  return {
    name: schedule.name,
    description: schedule.description ?? null,
    owners: schedule.owners,
    target: schedule.target,
    tags: sortedByName(schedule.tags),
    metadata: sortedByName(schedule.metadata),
    resources: [...new Set(Object.values(schedule.resources).map(({ name }) => name))],
    runConfig: (schedule.runConfig as ScheduleSnapshot['runConfig'] | undefined) ?? null,
    ...times(definitions, schedule),
    hasFunction: schedule.evaluate !== undefined,
    defaultStatus: schedule.defaultStatus,
    overlap: schedule.overlap,
    catchupWindowMs: schedule.catchupWindowMs,
    missedTicks: schedule.missedTicks,
    jitterMs: schedule.jitterMs,
    pauseOnFailure: schedule.pauseOnFailure,
    timeoutMs: schedule.timeoutMs,
    renamedFrom: schedule.renamedFrom ?? null,
  }
}

function times(
  { assets, jobs }: Pick<Definitions, 'assets' | 'jobs'>,
  { name, target, timing }: Schedule,
): Pick<ScheduleSnapshot, 'timing' | 'partitions'> {
  if (timing.kind !== 'partitions') return { timing, partitions: null }
  const [first] = targetPartitions(assets, jobs, target)
  const found = first && partitionedTiming(first.partitions, timing)
  // definitions() has refused both.
  if (first === undefined || found === undefined || typeof found === 'string') throw new TypeError(`Schedule "${name}" has no partitions.`)
  return { timing: found, partitions: first.partitions }
}
