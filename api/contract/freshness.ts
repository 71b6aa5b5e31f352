import { z } from 'zod'
import { pageOf } from './page.ts'
import { Time } from './time.ts'

/** How old the data of an asset may be. */
export const FreshnessPolicy = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('time-window'),
      failWindowMs: z.number().meta({ description: 'Age from which on it fails, in milliseconds.' }),
      warnWindowMs: z.number().nullable().meta({ description: 'Age from which on it warns, in milliseconds; null for never.' }),
    }),
    z.object({
      kind: z.literal('cron'),
      deadline: z.string().meta({ description: 'When there must have been an update.', examples: ['0 9 * * *'] }),
      lowerBoundMs: z.number().meta({ description: 'How long before a deadline that may have been, in milliseconds.' }),
      timezone: z.string().meta({ examples: ['Europe/Berlin'] }),
    }),
  ])
  .meta({ id: 'FreshnessPolicy', description: 'How old the data of an asset may be.' })
export type FreshnessPolicy = z.infer<typeof FreshnessPolicy>

/** How old data is, by the policy of its asset. */
export const FreshnessState = z.enum(['PASS', 'WARN', 'FAIL', 'UNKNOWN'])
export type FreshnessState = z.infer<typeof FreshnessState>

/** How an asset stands by its freshness policy. */
export const Freshness = z
  .object({
    policy: FreshnessPolicy,
    state: FreshnessState.meta({ description: 'At this moment. UNKNOWN: it was never updated.' }),
    since: z.union([Time, z.null()]).meta({ description: 'When it came to this; null where that is not known.' }),
    reason: z.string(),
    nextChangeAt: z.union([Time, z.null()]).meta({ description: 'When the state changes if nothing happens; null where it stays.' }),
    lastUpdatedAt: z.union([Time, z.null()]).meta({
      description: 'Its newest materialization, of any partition, or the newest observation that found other data than the one before.',
    }),
  })
  .meta({ id: 'Freshness', description: 'How an asset stands by its freshness policy.' })
export type Freshness = z.infer<typeof Freshness>

/** A change of how fresh an asset is. */
export const FreshnessEvent = z
  .object({
    id: z.string(),
    assetKey: z.string().meta({ examples: ['raw/orders'] }),
    from: z.union([FreshnessState, z.null()]).meta({ description: 'Null for the first state that was found.' }),
    to: FreshnessState,
    time: Time.meta({ description: 'When it changed.' }),
    reason: z.string(),
  })
  .meta({ id: 'FreshnessEvent', description: 'A change of how fresh an asset is.' })
export type FreshnessEvent = z.infer<typeof FreshnessEvent>

/** Answer of `GET /assets/{key}/freshness-events`: newest first. */
export const FreshnessEventPage = pageOf(FreshnessEvent).meta({ id: 'FreshnessEventPage' })
export type FreshnessEventPage = z.infer<typeof FreshnessEventPage>
