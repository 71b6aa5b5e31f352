import { ApiError } from '../client/api-error.ts'
import { type ErrorFacts, isAssetryError } from '../definitions/errors.ts'

/** What can be told of anything that was thrown. */
export interface ToldError {
  /** A code of `docs/errors.md`; `INTERNAL` for what was not expected. */
  readonly code: string
  readonly message: string
  readonly facts: ErrorFacts
  /** False for a defect: then the stack trace is worth showing. */
  readonly isExpected: boolean
  /** Status of the answer, where a server refused. */
  readonly httpStatus: number | undefined
}

/** Reads the code and the facts of an error, whether it was thrown here or answered by a server. */
export function toldError(error: unknown): ToldError {
  if (isAssetryError(error))
    return { code: error.code, message: error.message, facts: error.facts, isExpected: true, httpStatus: undefined }
  if (error instanceof ApiError) return ofServer(error)
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { code: 'INTERNAL', message, facts: {}, isExpected: false, httpStatus: undefined }
}

function ofServer({ code, message, findings, url, status }: ApiError): ToldError {
  const facts = { ...(url !== undefined && { url }), ...(findings.length > 0 && { findings }) }
  return { code, message, facts, isExpected: true, httpStatus: status }
}
