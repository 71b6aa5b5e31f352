import { z } from 'zod'

const windowOffset = z.number().int()

/** Windows that overlap a stretch of time. */
export const TimeWindowMapping = z
  .object({
    kind: z.literal('time-window'),
    startOffset: windowOffset.meta({ description: 'How many downstream windows later the stretch of time that is needed starts.' }),
    endOffset: windowOffset.meta({ description: 'How many downstream windows later it ends.' }),
    allowNonexistent: z.boolean().meta({ description: 'Whether windows that do not exist are left out; else a run that needs one fails.' }),
  })
  .meta({ id: 'TimeWindowMapping', description: 'The windows that overlap its own, or one shifted and stretched by offsets.' })
export type TimeWindowMapping = z.infer<typeof TimeWindowMapping>

/** Which partitions of an upstream asset a partition needs. */
export const PartitionMapping = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('identity') }),
    TimeWindowMapping,
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('last') }),
    z.object({
      kind: z.literal('static'),
      downstreamKeys: z.record(z.string(), z.array(z.string())).meta({ description: 'Which partitions need it, by upstream key.' }),
    }),
    z.object({ kind: z.literal('specific'), keys: z.array(z.string()) }),
    z.object({ kind: z.literal('function') }),
  ])
  .meta({ id: 'PartitionMapping', description: 'Which partitions of an upstream asset a partition needs.' })
export type PartitionMapping = z.infer<typeof PartitionMapping>
