import { z } from 'zod'

/** What a stale asset, or one that it needs, has against it. */
export const StaleRootCause = z
  .object({
    kind: z.enum(['CODE', 'DEPENDENCIES', 'DATA']),
    assetKey: z.string().meta({ description: 'Where it arose.' }),
    upstreamKey: z.string().optional().meta({ description: 'DEPENDENCIES, DATA: the upstream asset.' }),
    change: z.enum(['ADDED', 'REMOVED']).optional(),
    was: z.string().nullable().optional().meta({ description: 'CODE, DATA: the version it was made with or from.' }),
    is: z.string().nullable().optional().meta({ description: 'CODE, DATA: the version there is now.' }),
    reason: z.string(),
  })
  .meta({ id: 'StaleRootCause' })
export type StaleRootCause = z.infer<typeof StaleRootCause>

/** Why an asset is stale. */
export const StaleCause = StaleRootCause.extend({
  kind: z.enum(['CODE', 'DEPENDENCIES', 'DATA', 'UPSTREAM']),
  roots: z.array(StaleRootCause).optional().meta({ description: 'UPSTREAM: why that asset is stale, in the end; ten at most.' }),
  moreRoots: z.boolean().optional(),
}).meta({ id: 'StaleCause' })
export type StaleCause = z.infer<typeof StaleCause>

/** Whether making an asset anew would make anything else. */
export const Staleness = z
  .object({
    status: z
      .enum(['MISSING', 'STALE', 'FRESH', 'NOT_APPLICABLE'])
      .meta({ description: 'NOT_APPLICABLE: it is external or observable, so that no run makes it, or it has partitions.' }),
    causes: z.array(StaleCause).meta({ description: 'Twenty at most.' }),
    moreCauses: z.boolean(),
  })
  .meta({ id: 'Staleness', description: 'Whether making the asset anew would make anything else, and why.' })
export type Staleness = z.infer<typeof Staleness>
