import { z } from 'zod'
import { AssetOrigin, AssetState } from './asset.ts'
import { queryOf } from './query.ts'
import { Staleness } from './staleness.ts'

/** An asset as a node of the graph. */
export const LineageNode = z
  .object({
    key: z.string(),
    codeLocation: z.string(),
    group: z.string(),
    description: z.string().nullable(),
    kinds: z.array(z.string()),
    origin: AssetOrigin,
    status: AssetState,
    staleness: Staleness.shape.status,
    inProgressRunId: z.string().nullable(),
  })
  .meta({ id: 'LineageNode' })
export type LineageNode = z.infer<typeof LineageNode>

/** `downstream` is made from `upstream`. */
export const LineageEdge = z
  .object({
    upstream: z.string(),
    downstream: z.string(),
    loaded: z.boolean().meta({ description: 'True for an input, whose value is loaded; false for a dep, which only comes first.' }),
  })
  .meta({ id: 'LineageEdge' })
export type LineageEdge = z.infer<typeof LineageEdge>

/** Answer of `GET /lineage`: the selected assets, upstream before downstream, and the edges between them. */
export const Lineage = z
  .object({ nodes: z.array(LineageNode), edges: z.array(LineageEdge) })
  .meta({ id: 'Lineage', description: 'Assets, upstream before downstream, and the edges between them.' })
export type Lineage = z.infer<typeof Lineage>

/** Query of `GET /lineage`. */
export const LineageQuery = queryOf({
  select: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'In the selection language; a blank is `%20`. Without it, all assets.', examples: ['+orders+'] }),
})
export type LineageQuery = z.infer<typeof LineageQuery>
