import { type CronFields, cronFields, type CronStyle } from './cron-fields.ts'
import { type CronWalls, cronWalls } from './cron-walls.ts'
import { AssetryError } from './errors.ts'
import type { Tick } from './partitions/cadence.ts'
import { type Instant, instantOf, isZone, offsetOf, transitions, type WallTime, wallOf } from './partitions/zoned-time.ts'

/** When a cron expression ticks by the clocks of a zone. Pure. */
export interface CronTicks {
  /** The first tick after a time. */
  readonly next: (after: Instant) => Tick
  /** The last tick before a time. */
  readonly previous: (before: Instant) => Tick
  readonly isTick: (instant: Instant) => boolean
  /** Whether it names a time on the wall, whenever the clocks show that. */
  readonly names: (wall: WallTime) => boolean
}

/** Milliseconds of a day: longer than clocks are set back anywhere. */
const day = 86_400_000

/** Milliseconds in which clocks are set once at most. */
const once = 10_800_000

/**
 * The ticks of a cron expression that was checked by {@link requireCron}.
 *
 * One that runs each hour or oftener ticks whenever the clocks show its times: twice where they show an hour twice, not at all
 * where they skip it. Any other ticks once for each of its times: the first time that the clocks show it, and where they skip it
 * at the moment at which they jump. Of several times that come at one such moment the last counts.
 */
export function cronTicks(cron: string, timezone: string): CronTicks {
  const fields = cronFields(cron, 'five or six fields')
  const walls = cronWalls(fields)
  const { next, until } = isHourly(fields) ? shownTicks(cron, walls, timezone) : namedTicks(cron, walls, timezone)
  return {
    next,
    previous: (before) => until(before - 1),
    isTick: (instant) => until(instant).instant === instant,
    names: walls.has,
  }
}

/** Whether an expression names times in each hour of its days. */
export function isHourly({ hours }: Pick<CronFields, 'hours'>): boolean {
  return hours.length === 24
}

/**
 * Checks a cron expression that ticks at all.
 *
 * @param owner - the definer, for the error's text
 * @throws `INVALID_OPTION`
 */
export function requireCron(owner: string, option: string, cron: string, style: CronStyle): string {
  const refused = (text: string, cause?: unknown): AssetryError =>
    new AssetryError('INVALID_OPTION', `${owner}: ${option} ${JSON.stringify(cron)} is no cron expression of ${style}${text}.`, {
      facts: { owner },
      cause,
    })
  try {
    if (cronWalls(cronFields(cron, style)).from(0) !== undefined) return cron
  } catch (error) {
    // What cron-parser says of 31 February.
    if (error instanceof Error && error.message.startsWith('Invalid explicit day')) throw refused(' that ever ticks', error)
    throw refused(`: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  throw refused(' that ever ticks')
}

/** Checks the name of a time zone. @throws `INVALID_OPTION` */
export function requireZone(owner: string, timezone: string): string {
  if (isZone(timezone)) return timezone
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: timezone ${JSON.stringify(timezone)} is not known. Use a name such as 'Europe/Berlin', or 'UTC'.`,
    { facts: { owner } },
  )
}

/** How {@link cronTicks} finds them: after a time, and the last not after a time. */
interface Found {
  readonly next: (after: Instant) => Tick
  readonly until: (instant: Instant) => Tick
}

/** A tick for each time that is named. */
function namedTicks(cron: string, walls: CronWalls, zone: string): Found {
  /** The latest that the clocks have shown up to a time. */
  const reached = (instant: Instant): WallTime => {
    const shown = wallOf(instant, zone)
    if (zone === 'UTC' || offsetOf(instant - day, zone) <= shown - instant) return shown
    const settings = [...transitions(zone, instant - day, instant + 1)]
    return Math.max(shown, ...settings.map((setting) => wallOf(setting - 1, zone)))
  }
  const tickOf = (wall: WallTime): Tick => ({ instant: instantOf(wall, zone), wall, isRepeat: false })
  return {
    until: (instant) => tickOf(found(cron, walls.until(reached(instant)))),
    next(after) {
      const tick = tickOf(found(cron, walls.from(reached(after) + 1)))
      const shown = wallOf(tick.instant, zone)
      // Times that are jumped over come together, perhaps with the one that is jumped to.
      return tick.wall === shown ? tick : tickOf(found(cron, walls.until(shown)))
    },
  }
}

/** A tick whenever the clocks show a time that is named. */
function shownTicks(cron: string, walls: CronWalls, zone: string): Found {
  const tickAt = (instant: Instant): Tick => {
    const wall = wallOf(instant, zone)
    return { instant, wall, isRepeat: instantOf(wall, zone) !== instant }
  }
  /** Clocks that are not set between two times are ahead by the same at both, and there is no second setting to hide one. */
  const areSet = (from: Instant, to: Instant): boolean =>
    zone !== 'UTC' && (to - from > once || offsetOf(from, zone) !== offsetOf(to, zone))
  const first = (from: Instant): Tick => {
    const wall = wallOf(from, zone)
    const instant = from + found(cron, walls.from(wall)) - wall
    if (!areSet(from, instant)) return tickAt(instant)
    const [setting] = transitions(zone, from + 1, instant + 1)
    return setting === undefined ? tickAt(instant) : first(setting)
  }
  const until = (to: Instant): Tick => {
    const wall = wallOf(to, zone)
    const instant = to + found(cron, walls.until(wall)) - wall
    if (!areSet(instant, to)) return tickAt(instant)
    const setting = [...transitions(zone, instant + 1, to + 1)].at(-1)
    return setting === undefined ? tickAt(instant) : until(setting - 1)
  }
  return { next: (after) => first(after + 1), until }
}

function found(cron: string, wall: WallTime | undefined): WallTime {
  if (wall !== undefined) return wall
  throw new RangeError(`The cron expression "${cron}" has no tick there.`)
}
