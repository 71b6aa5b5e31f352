const minute = 60_000

/** Every clock of the tests is set at a quarter of an hour, and every window starts at one. */
export const quarter = 15 * minute

/** Zones and days around which their clocks are set: by an hour, by half an hour, at midnight, by a whole day, never. */
export const places = [
  ['UTC', '2026-02-27'],
  ['Asia/Kathmandu', '2026-12-30'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['America/Nuuk', '2026-03-28'],
  ['America/Nuuk', '2026-10-24'],
  ['Africa/Cairo', '2026-04-24'],
  ['Asia/Beirut', '2026-10-24'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['Pacific/Apia', '2011-12-30'],
] as const

/** What clocks show when. */
export type Clocks = readonly (readonly [instant: number, wall: number])[]

/** What the clocks of a zone show at each quarter of an hour, as the platform's calendar says it and not the library's. */
export function clocks(zone: string, from: number, to: number): Clocks {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  const shown = (instant: number): number => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute'])
  }
  return Array.from({ length: (to - from) / quarter }, (_, index) => [from + index * quarter, shown(from + index * quarter)] as const)
}

/** Numbers from 0 to below `below`, the same in each run of the tests. */
export function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}
