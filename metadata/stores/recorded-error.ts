import type { Metadata } from '../../definitions/metadata-value.ts'

/** An error as it is recorded: never the error object itself. */
export interface RecordedError {
  readonly name: string
  readonly message: string
  readonly stack: string | null
  readonly code: string | null
  readonly metadata: Metadata | null
  readonly cause: RecordedError | null
}
