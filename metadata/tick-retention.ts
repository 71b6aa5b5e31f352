import type { MetadataStore } from './metadata-store.ts'

/** Days that ticks are kept which asked for nothing, as in Dagster; a sensor that looks every 30 s has 20,000 of them in a week. */
const skippedDays = 7

/** Days that other ticks are kept. */
const otherDays = 90

/** Days that events are kept which were taken: the same key again within them counts as the same event. */
const eventDays = 30

const dayMs = 86_400_000

/** Forgets ticks and events that are older than they are kept. May run anywhere, any number of times. */
export async function pruneTicks({ ticks }: Pick<MetadataStore, 'ticks'>, now: Date): Promise<void> {
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs)
  await ticks.prune({ skipped: before(skippedDays), others: before(otherDays), events: before(eventDays) })
}
