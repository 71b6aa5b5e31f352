import { type Branded, hasKind, kindOf } from './brand.ts'

/**
 * Every code an Assetry error can carry. A code never changes its meaning; `docs/errors.md` has a section for each.
 */
export const errorCodes = [
  // definitions
  'INVALID_ASSET_KEY',
  'INVALID_NAME',
  'INVALID_OPTION',
  'DUPLICATE_ASSET_KEY',
  'DUPLICATE_NAME',
  'UNKNOWN_INPUT',
  'UNKNOWN_DEP',
  'ASSET_CYCLE',
  'MISSING_RESOURCE',
  'DEFINITIONS_INVALID',
  'METADATA_INVALID',
  'OP_OUTSIDE_GRAPH',
  'WIRE_OUT_OF_SCOPE',
  'GRAPH_INVALID',
  // selecting and configuring
  'SELECTION_SYNTAX',
  'EMPTY_SELECTION',
  'STATUS_UNKNOWN',
  'NOTHING_TO_DO',
  'UNKNOWN_ASSET',
  'UNKNOWN_JOB',
  'UNKNOWN_CHECK',
  'CONFIG_INVALID',
  'ENV_MISSING',
  'CONTEXT_REQUIRED',
  'NOT_PARTITIONED',
  'PARTITION_REQUIRED',
  'SEVERAL_PARTITIONS',
  'PARTITION_UNKNOWN',
  'PARTITIONS_DIFFER',
  'PARTITIONS_FAILED',
  'PARTITION_KEY_INVALID',
  'DYNAMIC_KEYS_MISSING',
  'DYNAMIC_PARTITIONS_UNKNOWN',
  'PARTITION_MAPPING_INVALID',
  // running
  'VALUE_NOT_STORABLE',
  'VALUE_NOT_FOUND',
  'UPSTREAM_PARTITION_MISSING',
  'VALUE_UNREADABLE',
  'STORAGE_PATH_REFUSED',
  'PEER_MISSING',
  'RESOURCE_FAILED',
  'PROGRAM_NOT_STARTED',
  'PIPES_MESSAGE_INVALID',
  'STEP_FENCED',
  'STEP_TIMED_OUT',
  'WORKER_LOST',
  'UNKNOWN_RUN',
  'UNKNOWN_BACKFILL',
  'BACKFILL_ENDED',
  'RUN_ENDED',
  'USER_CODE_FAILED',
  'OUTPUT_MISSING',
  'OUTPUT_UNKNOWN',
  'CHECK_RESULT_INVALID',
  'OBSERVATION_INVALID',
  'MAPPING_INVALID',
  'UNKNOWN_STEP',
  'OUTPUT_NOT_RETURNED',
  'PARTITION_NOT_RETURNED',
  'PARTITION_NOT_ASKED',
  'CHECK_FAILED',
  'CHECK_MISSING',
  'CHECK_UNDECLARED',
  'NOT_MATERIALIZABLE',
  // schedules and sensors
  'TICK_RESULT_INVALID',
  'TICK_TIMED_OUT',
  'EVENT_INVALID',
  'UNKNOWN_SENSOR',
  'UNKNOWN_SCHEDULE',
  'UNKNOWN_TICK',
  // the project's definitions file
  'DEFINITIONS_FILE_MISSING',
  'DEFINITIONS_FILE_THREW',
  'DEFINITIONS_NO_DEFAULT_EXPORT',
  // processes and connections
  'PORT_IN_USE',
  'TEMPORAL_UNREACHABLE',
  'TEMPORAL_CLI_UNAVAILABLE',
  'STORE_UNREACHABLE',
  'STORE_LOCKED',
  'STORE_TOO_NEW',
  'SERVER_UNREACHABLE',
  'NO_WORKER',
  'NO_CODE_LOCATION',
  'IDEMPOTENCY_KEY_REUSED',
  'FOLDER_NOT_EMPTY',
  // the command line
  'USAGE',
  'WAIT_TIMED_OUT',
  // HTTP
  'REQUEST_INVALID',
  'RESPONSE_INVALID',
  'NOT_FOUND',
  'NOT_AUTHORISED',
  'HOST_REFUSED',
  'ORIGIN_REFUSED',
  'INTERNAL',
] as const

/** A word that names a kind of error for good. */
export type ErrorCode = (typeof errorCodes)[number]

/** The values an error is about, by name; they are also in its message. */
export type ErrorFacts = Readonly<Record<string, unknown>>

/**
 * What Assetry throws. The message says what happened with the values in it, why it is refused and what to do; `code`
 * is for programs and `docs/errors.md`.
 */
export class AssetryError extends Error implements Branded<'error'> {
  readonly [kindOf] = 'error' as const
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, options: { facts?: ErrorFacts; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AssetryError'
    this.code = code
    this.facts = options.facts ?? {}
  }
}

/** Whether `error` was thrown by Assetry, in this or another copy of the package. */
export function isAssetryError(error: unknown): error is AssetryError {
  return hasKind(error, 'error')
}

/** One thing wrong with a set of definitions or with a run request. */
export interface Finding {
  readonly code: ErrorCode
  readonly message: string
  /** Where it is: a path such as `assets.daily_orders.minScore`. */
  readonly path?: string
}

/** One error for all findings: the single finding itself, or a numbered list. Undefined where there is none. */
export function errorOfFindings(code: ErrorCode, what: string, findings: readonly Finding[]): AssetryError | undefined {
  return findings.length === 0 ? undefined : findingsError(code, what, findings)
}

/** One error for findings of which there are some. */
export function findingsError(code: ErrorCode, what: string, findings: readonly Finding[]): AssetryError {
  const lines = findings.map((finding) => `  - ${finding.message.replaceAll('\n', '\n    ')}`)
  return new AssetryError(code, `${what}:\n${lines.join('\n')}`, { facts: { findings } })
}
