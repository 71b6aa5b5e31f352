import type { Instant, WallTime } from './zoned-time.ts'

/** Where a window starts. */
export interface Tick {
  readonly instant: Instant
  /** The time that its key says. Where the clocks skip it, that is not what they show. */
  readonly wall: WallTime
  /** Whether the clocks showed this time before: they were set back. */
  readonly isRepeat: boolean
}

/** The ticks of a time partitions definition, without beginning or end. Pure. */
export interface Cadence {
  /** The last tick not after a time. */
  readonly floor: (instant: Instant) => Tick
  readonly next: (tick: Tick) => Tick
  /** From the tick at `from`, which is one, to before `to`, in order. Holds one at a time. */
  readonly ticks: (from: Tick, to: Instant) => Iterable<Tick>
  /** How many {@link Cadence.ticks} there are. */
  readonly count: (from: Tick, to: Instant) => number
  /** The first tick that says this time, or a later one. @param offset - that of the zone, where the key names it */
  readonly saying: (wall: WallTime, offset: number | undefined) => Tick
}

/** The first tick not before a time. */
export function ceiling(cadence: Cadence, instant: Instant): Tick {
  const floor = cadence.floor(instant)
  return floor.instant === instant ? floor : cadence.next(floor)
}
