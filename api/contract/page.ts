import { z } from 'zod'
import { queryOf } from './query.ts'

/** Most entries one page can have. */
export const maximumPageSize = 500

/** Query parameters of every list: how many entries, and where to go on. */
export const PageQuery = queryOf({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maximumPageSize)
    .default(100)
    .meta({ description: 'Most entries to return.', examples: [100] }),
  cursor: z
    .string()
    .min(1)
    .optional()
    .meta({ description: '`nextCursor` of the page before. Opaque: its form may change.', examples: ['Im9yZGVycyI'] }),
})
export type PageQuery = z.infer<typeof PageQuery>

/** A page of a list. */
export interface Page<TItem> {
  items: TItem[]
  /** What to give as `cursor` for the next page; null on the last one. */
  nextCursor: string | null
}

/** The schema of a page of `item`. */
export function pageOf<TItem extends z.ZodType>(
  item: TItem,
): z.ZodObject<{ items: z.ZodArray<TItem>; nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'What to give as `cursor` for the next page; null on the last one.' }),
  })
}
