import { cronTicks } from '../cron.ts'
import { type Cadence, ceiling, type Tick } from './cadence.ts'
import { calendarCadence } from './calendar-cadence.ts'
import { cronCadence } from './cron-cadence.ts'
import { hourlyCadence } from './hourly-cadence.ts'
import { keyFormat, offsetText, type ParsedKey, parsedOffset } from './key-format.ts'
import type { TimePartitionsSpec, TimeWindow } from './partitions-spec.ts'
import { type Instant, offsetOf } from './zoned-time.ts'

/** The windows of a time partitions definition. Made of the spec alone; the time is an argument. */
export interface TimePartitions {
  readonly cadence: Cadence
  readonly keyOf: (tick: Tick) => string
  /** The tick with that key, whether or not it is within start and end and over. */
  readonly tickOf: (key: string) => Tick | undefined
  /** Whether a window that starts there is in the definition, whatever the time: within start and end, and not excluded. */
  readonly isDefined: (tick: Tick) => boolean
  readonly isExcluded: (tick: Tick) => boolean
  /** From the first window that exists to before which start, exclusions not left out. @param now - Infinity: whatever the time */
  readonly bounds: (now: Instant) => Bounds
  readonly windowOf: (tick: Tick) => TimeWindow
}

/** Ticks that are the starts of existing windows, but for exclusions. */
export interface Bounds {
  readonly first: Tick
  /** No window starts here or later. */
  readonly end: Instant
}

const made = new WeakMap<TimePartitionsSpec, TimePartitions>()

/** The windows of a spec; made once a spec, as a cron expression has to be read for it. */
export function timePartitions(spec: TimePartitionsSpec): TimePartitions {
  const known = made.get(spec) ?? makeTimePartitions(spec)
  made.set(spec, known)
  return known
}

function makeTimePartitions(spec: TimePartitionsSpec): TimePartitions {
  const cadence = cadenceOf(spec)
  const { keyOf, tickOf } = keysOf(spec, cadence)
  const isExcluded = exclusion(spec)
  const first = ceiling(cadence, Date.parse(spec.start))
  const end = spec.end === null ? Infinity : cadence.floor(Date.parse(spec.end)).instant
  return {
    cadence,
    keyOf,
    tickOf,
    isExcluded,
    isDefined: (tick) => tick.instant >= first.instant && tick.instant < end && !isExcluded(tick),
    bounds: (now) => ({
      first,
      end: Math.min(end, now === Infinity ? Infinity : shifted(cadence, cadence.floor(now), spec.endOffset).instant),
    }),
    windowOf: (tick) => ({ start: new Date(tick.instant), end: new Date(cadence.next(tick).instant) }),
  }
}

function cadenceOf(spec: TimePartitionsSpec): Cadence {
  if (spec.kind === 'cron') return cronCadence(spec)
  return spec.kind === 'hourly' ? hourlyCadence(spec) : calendarCadence(spec)
}

/** The tick so many windows later; earlier where `count` is below 0. */
function shifted(cadence: Cadence, tick: Tick, count: number): Tick {
  let at = tick
  for (let left = count; left > 0; left -= 1) at = cadence.next(at)
  for (let left = count; left < 0; left += 1) at = cadence.floor(at.instant - 1)
  return at
}

/** An hour that the clocks show twice would give two windows one key: the second one's says its offset from UTC, too. */
function keysOf(spec: TimePartitionsSpec, cadence: Cadence): Pick<TimePartitions, 'keyOf' | 'tickOf'> {
  const { timezone } = spec
  const format = keyFormat(spec.format)
  if (format === undefined) throw new TypeError(`The format ${spec.format} can't be read.`)
  const saysOffset = format.fields.has('z')
  const keyOf = (tick: Tick): string => {
    const offset = (): number => offsetOf(tick.instant, timezone)
    const key = format.write(tick.wall, offset)
    return tick.isRepeat && !saysOffset ? `${key}${offsetText(offset())}` : key
  }
  const parsed = (key: string): ParsedKey | undefined => {
    const plain = format.read(key)
    if (plain !== undefined || saysOffset) return plain
    const [, start, offset] = /^(.*)([+-]\d\d:\d\d)$/s.exec(key) ?? []
    const before = start === undefined ? undefined : format.read(start)
    return before && offset !== undefined ? { wall: before.wall, offset: parsedOffset(offset) } : undefined
  }
  const tickOf = (key: string): Tick | undefined => {
    const said = parsed(key)
    const tick = said && cadence.saying(said.wall, said.offset)
    return tick && keyOf(tick) === key ? tick : undefined
  }
  return { keyOf, tickOf }
}

/** Whether an exclusion is a cron expression, and no time. */
export function isCron(exclusion: string): boolean {
  return exclusion.trim().split(/\s+/).length > 1
}

function exclusion({ exclusions, timezone }: TimePartitionsSpec): (tick: Tick) => boolean {
  const expressions = exclusions.filter(isCron).map((cron) => cronTicks(cron, timezone))
  const times = new Set(exclusions.filter((each) => !isCron(each)).map((time) => Date.parse(time)))
  if (exclusions.length === 0) return () => false
  return ({ instant, wall }) => times.has(instant) || expressions.some((expression) => expression.names(wall))
}
