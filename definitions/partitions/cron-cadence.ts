import { Cron } from 'croner'
import { type Cadence, ceiling, type Tick } from './cadence.ts'
import type { CronPartitionsSpec } from './partitions-spec.ts'
import { type Instant, instantOf, wallOf } from './zoned-time.ts'

/**
 * A tick at each time that a cron expression names. Counting goes through them one by one.
 *
 * A time that the clocks skip ticks when they jump; one that they show twice ticks the first time, or both times where the
 * expression says "every".
 */
export function cronCadence({ cron, timezone }: Pick<CronPartitionsSpec, 'cron' | 'timezone'>): Cadence {
  const expression = cronExpression(cron, timezone)
  const tickAt = (instant: Instant): Tick => {
    const wall = wallOf(instant, timezone)
    return { instant, wall, isRepeat: instantOf(wall, timezone) !== instant }
  }
  const found = (date: Date | null | undefined): Tick => {
    if (date instanceof Date) return tickAt(date.getTime())
    throw new RangeError(`The cron expression "${cron}" has no tick there.`)
  }
  const cadence: Cadence = {
    floor: (instant) => found(expression.previousRuns(1, new Date(instant + 1))[0]),
    next: (tick) => found(expression.nextRun(new Date(tick.instant))),
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

/** A cron expression of five fields. @throws whatever croner says is wrong with it */
export function cronExpression(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: '5-part', paused: true })
}
