import { z } from 'zod'

/** The header by which a repeated request is the first one. */
export function idempotencyHeader(description: string, example: string): z.ZodObject<{ 'idempotency-key': z.ZodOptional<z.ZodString> }> {
  return z.object({
    'idempotency-key': z
      .string()
      .min(1)
      .max(255)
      .optional()
      .meta({ description, examples: [example] }),
  })
}
