import { AssetryError, type ErrorCode, errorCodes, isAssetryError } from '../../definitions/errors.ts'

/** An error as it crosses from one process to another. Plain JSON. */
export interface ProcessError {
  readonly code: string
  readonly message: string
  readonly stack?: string | undefined
  readonly facts?: Readonly<Record<string, unknown>>
}

export function processErrorOf(error: unknown): ProcessError {
  if (isAssetryError(error)) return { code: error.code, message: error.message, stack: error.stack, facts: error.facts }
  if (error instanceof Error) return { code: 'INTERNAL', message: error.message, stack: error.stack }
  return { code: 'INTERNAL', message: String(error) }
}

/** The error of another process, thrown again in this one. */
export function errorOfProcess(error: ProcessError): AssetryError {
  const code = (errorCodes as readonly string[]).includes(error.code) ? (error.code as ErrorCode) : 'INTERNAL'
  const rethrown = new AssetryError(code, error.message, { facts: error.facts ?? {} })
  if (error.stack !== undefined) rethrown.stack = error.stack
  return rethrown
}
