/**
 * What a partitions definition says, as plain JSON: the snapshot carries it, and keys, windows and counts follow from it
 * and a time by pure functions, wherever there is no user code.
 */
export type PartitionsSpec = DimensionSpec | MultiPartitionsSpec

/** Partitions of one kind, which can be a dimension of others. */
export type DimensionSpec = TimePartitionsSpec | StaticPartitionsSpec | DynamicPartitionsSpec

/** Windows of time that follow each other. */
export type TimePartitionsSpec = CalendarPartitionsSpec | HourlyPartitionsSpec | CronPartitionsSpec

/** What all windows of time have in common. */
export interface TimeSpec {
  /** No window starts before it. ISO 8601 in UTC. */
  readonly start: string
  /** No window ends after it; null where there is no end. ISO 8601 in UTC. */
  readonly end: string | null
  /** IANA name, or `UTC`. */
  readonly timezone: string
  /** How a window's start is written as its key, in the manner of strftime. */
  readonly format: string
  /** How many windows more than those that are over exist; less where it is below 0. */
  readonly endOffset: number
  /** Windows that are left out: cron expressions, and starts in ISO 8601 in UTC. */
  readonly exclusions: readonly string[]
}

/** A window a day, week or month, by the clocks of the zone. */
export interface CalendarPartitionsSpec extends TimeSpec {
  readonly kind: 'daily' | 'weekly' | 'monthly'
  readonly hourOffset: number
  readonly minuteOffset: number
  /** Of a week 0 for Sunday to 6, of a month 1 to 28; of a day 0. */
  readonly dayOffset: number
}

/** A window an hour. */
export interface HourlyPartitionsSpec extends TimeSpec {
  readonly kind: 'hourly'
  readonly minuteOffset: number
}

/** A window from each tick of a cron expression to the next. */
export interface CronPartitionsSpec extends TimeSpec {
  readonly kind: 'cron'
  readonly cron: string
}

/** Keys that are listed. */
export interface StaticPartitionsSpec {
  readonly kind: 'static'
  readonly keys: readonly string[]
}

/** Keys that are added and removed at run time; the metadata store has them. */
export interface DynamicPartitionsSpec {
  readonly kind: 'dynamic'
  /** Assets that name the same share their partitions, whatever code location they are from. */
  readonly name: string
}

/** A partition for each combination of the partitions of several dimensions. */
export interface MultiPartitionsSpec<TName extends string = string> {
  readonly kind: 'multi'
  /** Two or more, in the order of their names, which is that of the parts of a key. */
  readonly dimensions: readonly { readonly name: TName; readonly spec: DimensionSpec }[]
}

/** From `start` to before `end`. */
export interface TimeWindow {
  readonly start: Date
  readonly end: Date
}

/** Whether partitions are windows of time. */
export function isTimeSpec(spec: PartitionsSpec): spec is TimePartitionsSpec {
  return spec.kind !== 'static' && spec.kind !== 'dynamic' && spec.kind !== 'multi'
}

/** Whether two definitions say the same, so that the same key means the same partition. */
export function samePartitions(one: PartitionsSpec, other: PartitionsSpec): boolean {
  return one === other || canonical(one) === canonical(other)
}

/** JSON that doesn't depend on the order of fields. */
function canonical(spec: PartitionsSpec): string {
  return JSON.stringify(spec, (_name, value: unknown) => (isRecord(value) ? sorted(value) : value))
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
