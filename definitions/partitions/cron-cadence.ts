import { cronTicks } from '../cron.ts'
import { type Cadence, ceiling, type Tick } from './cadence.ts'
import type { CronPartitionsSpec } from './partitions-spec.ts'
import { instantOf, wallOf } from './zoned-time.ts'

/** Milliseconds of a day on the wall. */
const day = 86_400_000

/**
 * A tick at each time that a cron expression names. Counting goes through them one by one.
 *
 * Where the clocks jump over midnight, there is no window for a time that they skip: it would begin on another day than its key says.
 */
export function cronCadence({ cron, timezone }: Pick<CronPartitionsSpec, 'cron' | 'timezone'>): Cadence {
  const { next, previous } = cronTicks(cron, timezone)
  const isOnItsDay = ({ instant, wall }: Tick): boolean => Math.floor(wall / day) === Math.floor(wallOf(instant, timezone) / day)
  const cadence: Cadence = {
    floor(instant) {
      let tick = previous(instant + 1)
      while (!isOnItsDay(tick)) tick = previous(tick.instant)
      return tick
    },
    next(from) {
      let tick = next(from.instant)
      while (!isOnItsDay(tick)) tick = next(tick.instant)
      return tick
    },
    *ticks(from, to) {
      for (let tick = from; tick.instant < to; tick = cadence.next(tick)) yield tick
    },
    count(from, to) {
      let count = 0
      for (const tick of cadence.ticks(from, to)) if (tick.instant < to) count += 1
      return count
    },
    saying: (wall, offset) => ceiling(cadence, offset === undefined ? instantOf(wall, timezone) : wall - offset),
  }
  return cadence
}
