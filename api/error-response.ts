import type { ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { AssetryError, type ErrorCode, type Finding, isAssetryError } from '../definitions/errors.ts'
import { type Problem, problemMediaType } from './contract/problem.ts'

/** Where the API writes what it must not answer. */
export interface ErrorLog {
  error(fields: object, message: string): void
}

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 500 | 503

/**
 * The status of each code that a request can lead to. What a path names and does not exist is 404; what a body or a
 * query names and does not exist is 422, because the address was right and its content was not. Codes that are not here
 * are our own mistakes: 500.
 */
const statusOfCode: Partial<Record<ErrorCode, Status>> = {
  NOT_FOUND: 404,
  UNKNOWN_RUN: 404,
  UNKNOWN_BACKFILL: 404,
  UNKNOWN_SENSOR: 404,
  UNKNOWN_SCHEDULE: 404,
  UNKNOWN_TICK: 404,
  EVENT_INVALID: 422,
  UNKNOWN_ASSET: 422,
  UNKNOWN_JOB: 422,
  UNKNOWN_CHECK: 422,
  METADATA_INVALID: 422,
  REQUEST_INVALID: 422,
  SELECTION_SYNTAX: 422,
  EMPTY_SELECTION: 422,
  STATUS_UNKNOWN: 422,
  NOTHING_TO_DO: 409,
  NOT_MATERIALIZABLE: 422,
  CONFIG_INVALID: 422,
  ENV_MISSING: 422,
  NOT_PARTITIONED: 422,
  PARTITION_REQUIRED: 422,
  PARTITION_UNKNOWN: 422,
  PARTITIONS_DIFFER: 422,
  PARTITION_KEY_INVALID: 422,
  DYNAMIC_PARTITIONS_UNKNOWN: 404,
  INVALID_ASSET_KEY: 422,
  INVALID_OPTION: 422,
  IDEMPOTENCY_KEY_REUSED: 409,
  RUN_ENDED: 409,
  BACKFILL_ENDED: 409,
  NOT_AUTHORISED: 401,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  STORE_UNREACHABLE: 503,
  TEMPORAL_UNREACHABLE: 503,
  NO_WORKER: 503,
  NO_CODE_LOCATION: 503,
}

/** When to try again after a 503, in seconds: a worker or a database that restarts is back within about this time. */
const retryAfterSeconds = 5

/** The same error, answered with 404 because the path named what it is about. */
export function notFound(error: AssetryError): HTTPException {
  return new HTTPException(404, { cause: error })
}

/** Answers every error that a route throws as problem details; logs those that are not the caller's. */
export function errorHandler(log: ErrorLog): ErrorHandler {
  return (error, c) => {
    const { status, known } = judged(error)
    if (known === undefined) log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
    return problemResponse(c.req.path, status, known ?? internal())
  }
}

/** Answers an address that is none of ours. */
export const notFoundHandler: NotFoundHandler = (c) =>
  problemResponse(
    c.req.path,
    404,
    new AssetryError('NOT_FOUND', `There is nothing at ${c.req.method} ${c.req.path}. The API is described at /api/docs.`),
  )

function judged(error: Error): { readonly status: Status; readonly known: AssetryError | undefined } {
  if (error instanceof HTTPException) {
    if (isAssetryError(error.cause)) return { status: error.status as Status, known: error.cause }
    if (error.status >= 500) return { status: 500, known: undefined }
    return {
      status: error.status as Status,
      known: new AssetryError('REQUEST_INVALID', `${error.message}. See /api/docs for what this address takes.`),
    }
  }
  const status = isAssetryError(error) ? statusOf(error) : undefined
  return isAssetryError(error) && status !== undefined ? { status, known: error } : { status: 500, known: undefined }
}

function statusOf(error: AssetryError): Status | undefined {
  // Where locations are registered, the request has named none of them: no waiting will help.
  if (error.code === 'NO_CODE_LOCATION' && 'names' in error.facts) return 422
  return statusOfCode[error.code]
}

function internal(): AssetryError {
  return new AssetryError('INTERNAL', 'The server failed to answer this request. The reason is in its log. Nothing is lost: try again.')
}

function problemResponse(path: string, status: Status, error: AssetryError): Response {
  const headers: Record<string, string> = { 'content-type': problemMediaType }
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (status === 503) headers['retry-after'] = String(retryAfterSeconds)
  return new Response(JSON.stringify(problemOf(path, status, error)), { status, headers })
}

function problemOf(path: string, status: Status, error: AssetryError): Problem {
  const findings = findingsOf(error)
  return {
    type: `urn:assetry:error:${error.code}`,
    title: titleOf(error.code),
    status,
    detail: error.message,
    code: error.code,
    instance: path,
    ...(findings.length > 0 && { findings }),
  }
}

/** `UNKNOWN_ASSET` is "Unknown asset". */
function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words[0]?.toUpperCase() + words.slice(1)
}

function findingsOf(error: AssetryError): NonNullable<Problem['findings']> {
  const findings = error.facts['findings'] as readonly Finding[] | undefined
  return (findings ?? []).map(({ code, message, path }) => ({ code, message, path: path ?? null }))
}
