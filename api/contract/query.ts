import { z } from 'zod'

/** The parameters of an address. One that it doesn't know is refused: ignored, a misspelt filter would answer with everything. */
export function queryOf<TShape extends z.ZodRawShape>(shape: TShape): z.ZodObject<TShape, z.core.$strict> {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? unknownText(issue.inst) : undefined) })
}

function unknownText(schema: unknown): string {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return `there is no such parameter here; there are ${known.join(', ')}`
}

/** A parameter that may be repeated: its values as a list. */
export function repeatable<TItem extends z.ZodType>(item: TItem): z.ZodPreprocess<z.ZodOptional<z.ZodArray<TItem>>> {
  return z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).optional())
}
