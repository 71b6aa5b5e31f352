import type { MetadataInput } from './metadata-value.ts'

/**
 * Thrown by user code to fail a step with a say in what follows.
 *
 * @example
 * ```ts
 * throw new Failure('the upstream file is damaged', { retryable: false, metadata: { file: 'orders.csv' } })
 * ```
 */
export class Failure extends Error {
  /** Whether the asset's retry policy may try again. @default true */
  readonly retryable: boolean
  /** Shown with the failed step. */
  readonly metadata: Readonly<Record<string, MetadataInput>>

  constructor(message: string, options: { retryable?: boolean; metadata?: Readonly<Record<string, MetadataInput>>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Failure'
    this.retryable = options.retryable ?? true
    this.metadata = options.metadata ?? {}
  }
}

/** Whether `error` is a {@link Failure}, in this or another copy of the package. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && typeof (error as Partial<Failure>).retryable === 'boolean'
}
