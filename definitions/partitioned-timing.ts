import { listed } from './nearest.ts'
import { isTimeSpec, type PartitionsSpec, type TimePartitionsSpec } from './partitions/partitions-spec.ts'
import type { CronTiming } from './schedule-timing.ts'

/** When a schedule of partitions ticks after their windows have closed. What is undefined is as the windows have it. */
export interface PartitionsTiming {
  readonly kind: 'partitions'
  readonly minuteOfHour: number | undefined
  readonly hourOfDay: number | undefined
  /** 0 for Sunday. */
  readonly dayOfWeek: number | undefined
  readonly dayOfMonth: number | undefined
  /** Of partitions that are no windows of time. */
  readonly crons: CronTiming | undefined
}

type Offset = 'minuteOfHour' | 'hourOfDay' | 'dayOfWeek' | 'dayOfMonth'

/** What may be moved within a window of each kind. */
const offsetsOf: Readonly<Record<TimePartitionsSpec['kind'], readonly Offset[]>> = {
  hourly: ['minuteOfHour'],
  daily: ['minuteOfHour', 'hourOfDay'],
  weekly: ['minuteOfHour', 'hourOfDay', 'dayOfWeek'],
  monthly: ['minuteOfHour', 'hourOfDay', 'dayOfMonth'],
  cron: [],
}

/** The ticks that a schedule of these partitions has, or a sentence about why it has none. */
export function partitionedTiming(spec: PartitionsSpec, timing: PartitionsTiming): CronTiming | string {
  const times = windowsOf(spec)
  const [time, another] = times
  if (another !== undefined)
    return `its partitions are windows of time in ${times.length} dimensions, so it is open which of them says when. Use schedule() with evaluate.`
  if (time === undefined) return timing.crons ?? `its partitions are no windows of time, so they don't say when. Give cron.`
  if (timing.crons !== undefined)
    return `cron is given, but the partitions are windows of time, which say when. Take it away, or use schedule() with evaluate.`
  const given = (['minuteOfHour', 'hourOfDay', 'dayOfWeek', 'dayOfMonth'] as const).filter((each) => timing[each] !== undefined)
  const strange = given.filter((each) => !offsetsOf[time.kind].includes(each))
  if (strange.length > 0) return `${listed(strange, 'and')} can't be said of ${time.kind} partitions: ${allowed(offsetsOf[time.kind])}.`
  return { kind: 'cron', crons: [cronOf(time, timing)], timezone: time.timezone }
}

/** The windows of time that a definition is of, in as many dimensions as there are. */
export function windowsOf(spec: PartitionsSpec): readonly TimePartitionsSpec[] {
  const all = spec.kind === 'multi' ? spec.dimensions.map((dimension) => dimension.spec) : [spec]
  return all.filter((each) => isTimeSpec(each))
}

function allowed(offsets: readonly Offset[]): string {
  return offsets.length === 0 ? 'they tick as their own expression says' : `there is ${listed(offsets, 'and')}`
}

function cronOf(spec: TimePartitionsSpec, { minuteOfHour, hourOfDay, dayOfWeek, dayOfMonth }: PartitionsTiming): string {
  if (spec.kind === 'cron') return spec.cron
  const minute = minuteOfHour ?? spec.minuteOffset
  if (spec.kind === 'hourly') return `${minute} * * * *`
  const time = `${minute} ${hourOfDay ?? spec.hourOffset}`
  if (spec.kind === 'weekly') return `${time} * * ${dayOfWeek ?? spec.dayOffset}`
  return spec.kind === 'monthly' ? `${time} ${dayOfMonth ?? spec.dayOffset} * *` : `${time} * * *`
}
