import { z } from 'zod'

/** What is not as it should be with an asset, or not known of it. */
export const HealthReason = z
  .object({
    kind: z.enum(['MATERIALIZATION', 'CHECK', 'FRESHNESS']),
    status: z.enum(['WARNING', 'DEGRADED', 'UNKNOWN']),
    checkName: z.string().optional().meta({ description: 'CHECK: its name.' }),
    reason: z.string(),
  })
  .meta({ id: 'HealthReason' })
export type HealthReason = z.infer<typeof HealthReason>

/** How an asset is, all in all. */
export const HealthStatus = z.enum(['HEALTHY', 'WARNING', 'DEGRADED', 'UNKNOWN', 'NOT_APPLICABLE'])
export type HealthStatus = z.infer<typeof HealthStatus>

/** How an asset is, as its newest step, its checks and its freshness say. */
export const AssetHealth = z
  .object({
    status: HealthStatus.meta({
      description: 'The worst of its reasons. UNKNOWN: it never ran. NOT_APPLICABLE: it is made elsewhere, and nothing was said of it.',
    }),
    reasons: z.array(HealthReason).meta({ description: 'The worst first; empty where there is nothing to say against it.' }),
  })
  .meta({ id: 'AssetHealth', description: 'How an asset is, as its newest step, its checks and its freshness say.' })
export type AssetHealth = z.infer<typeof AssetHealth>
