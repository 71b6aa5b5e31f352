import { z } from 'zod'

/** Plain JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Any JSON value. Not looked into: what arrives was parsed from JSON, so it is some. */
export const Json: z.ZodType<Json> = z.any().meta({ id: 'Json', description: 'Any JSON value.' })

/** A column of a table. */
export const TableColumn = z
  .object({ name: z.string(), type: z.string().optional(), description: z.string().optional() })
  .meta({ id: 'TableColumn', examples: [{ name: 'date', type: 'date' }] })
export type TableColumn = z.infer<typeof TableColumn>

/** A metadata value that says what kind it is. */
export const MetadataEntry = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('int'), value: z.number() }),
    z.object({ type: z.literal('float'), value: z.number() }),
    z.object({ type: z.literal('bool'), value: z.boolean() }),
    z.object({ type: z.literal('text'), value: z.string() }),
    z.object({ type: z.literal('markdown'), value: z.string() }),
    z.object({ type: z.literal('url'), value: z.string() }),
    z.object({ type: z.literal('path'), value: z.string() }),
    z.object({ type: z.literal('asset'), value: z.string() }),
    z.object({ type: z.literal('run'), value: z.string() }),
    z.object({ type: z.literal('image'), value: z.string() }),
    z.object({ type: z.literal('timestamp'), value: z.string() }),
    z.object({ type: z.literal('json'), value: Json }),
    z.object({ type: z.literal('null'), value: z.null() }),
    z.object({ type: z.literal('table'), value: z.object({ columns: z.array(TableColumn), rows: z.array(z.record(z.string(), Json)) }) }),
    z.object({ type: z.literal('tableSchema'), value: z.object({ columns: z.array(TableColumn) }) }),
    z.object({
      type: z.literal('columnLineage'),
      value: z.record(z.string(), z.array(z.object({ asset: z.string(), column: z.string() }))),
    }),
  ])
  .meta({ id: 'MetadataEntry', description: 'A metadata value that says what kind it is.', examples: [{ type: 'int', value: 1461 }] })
export type MetadataEntry = z.infer<typeof MetadataEntry>

/** Metadata by name. */
export const Metadata = z
  .record(z.string(), MetadataEntry)
  .meta({ id: 'Metadata', description: 'Metadata by name.', examples: [{ rows: { type: 'int', value: 1461 } }] })
export type Metadata = z.infer<typeof Metadata>
