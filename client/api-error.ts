import type { Finding } from '../api/contract/problem.ts'

/** What an {@link ApiError} holds besides its message. */
export interface ApiErrorParts {
  readonly code: string
  readonly status?: number | undefined
  readonly findings?: readonly Finding[] | undefined
  readonly url?: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly cause?: unknown
}

/**
 * What the client throws: the problem that the API answered with, or one of the client's own, `SERVER_UNREACHABLE` (no
 * answer) and `RESPONSE_INVALID` (an answer that is not Assetry's).
 */
export class ApiError extends Error {
  /** The word that names the kind of error, as in `docs/errors.md`. */
  readonly code: string
  /** HTTP status of the answer; undefined where there was none. */
  readonly status: number | undefined
  /** What happened, why it is refused and what to do. The same as `message`. */
  readonly detail: string
  /** Everything wrong with the request, where more than one thing can be. */
  readonly findings: readonly Finding[]
  readonly url: string | undefined
  /** After how many seconds the server suggests to try again. */
  readonly retryAfterSeconds: number | undefined

  constructor(detail: string, parts: ApiErrorParts) {
    super(detail, parts.cause === undefined ? undefined : { cause: parts.cause })
    this.name = 'ApiError'
    this.code = parts.code
    this.status = parts.status
    this.detail = detail
    this.findings = parts.findings ?? []
    this.url = parts.url
    this.retryAfterSeconds = parts.retryAfterSeconds
  }
}
