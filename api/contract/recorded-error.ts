import { z } from 'zod'
import { Metadata } from './metadata-value.ts'

/** An error as it was recorded: name, message, stack, and what caused it. */
export interface RecordedError {
  name: string
  message: string
  stack: string | null
  code: string | null
  metadata: Metadata | null
  cause: RecordedError | null
}

/** Schema of {@link RecordedError}. */
export const RecordedError: z.ZodType<RecordedError> = z
  .lazy(() =>
    z.object({
      name: z.string(),
      message: z.string(),
      stack: z.string().nullable(),
      code: z.string().nullable(),
      metadata: z.union([Metadata, z.null()]),
      cause: z.union([RecordedError, z.null()]),
    }),
  )
  .meta({ id: 'RecordedError', description: 'An error as it was recorded.' })
