import type { ErrorCode } from '../definitions/errors.ts'
import { toldError } from './told-error.ts'

/** What the exit code of the `assetry` command says. Scripts rely on it: a number never changes its meaning. */
export const exitCodes = {
  done: 0,
  /** The run or check failed, or Assetry itself did. */
  failed: 1,
  /** Wrong flags, or a name, selection or config that doesn't fit the definitions. */
  usage: 2,
  definitionsInvalid: 3,
  /** The server, Temporal or the database can't be reached, or a port or folder that they need is taken. */
  unreachable: 4,
  notAuthorised: 5,
  /** As `timeout(1)` says it. */
  timedOut: 124,
  /** As shells say it: 128 + SIGINT. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** One line a code, for `--help`. */
export const exitCodeHelp: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.done, 'done'],
  [exitCodes.failed, 'the run failed, or partitions of the backfill did'],
  [exitCodes.usage, 'wrong usage: also an unknown asset, job, selection or config'],
  [exitCodes.definitionsInvalid, 'the definitions are invalid, or their file is'],
  [exitCodes.unreachable, 'the server, Temporal or the database is unreachable, or a port is taken'],
  [exitCodes.notAuthorised, 'not authorised'],
  [exitCodes.timedOut, 'waited too long (the run goes on)'],
  [exitCodes.interrupted, 'interrupted'],
]

const codesOf: Readonly<Partial<Record<ExitCode, readonly ErrorCode[]>>> = {
  [exitCodes.done]: ['NOTHING_TO_DO'],
  [exitCodes.usage]: [
    'USAGE',
    'SELECTION_SYNTAX',
    'EMPTY_SELECTION',
    'UNKNOWN_SENSOR',
    'UNKNOWN_SCHEDULE',
    'UNKNOWN_TICK',
    'EVENT_INVALID',
    'STATUS_UNKNOWN',
    'UNKNOWN_ASSET',
    'UNKNOWN_JOB',
    'UNKNOWN_RUN',
    'UNKNOWN_BACKFILL',
    'RUN_ENDED',
    'BACKFILL_ENDED',
    'CONFIG_INVALID',
    'ENV_MISSING',
    'NOT_PARTITIONED',
    'PARTITION_REQUIRED',
    'PARTITION_UNKNOWN',
    'PARTITIONS_DIFFER',
    'PARTITION_KEY_INVALID',
    'DYNAMIC_KEYS_MISSING',
    'DYNAMIC_PARTITIONS_UNKNOWN',
    'NOT_MATERIALIZABLE',
    'IDEMPOTENCY_KEY_REUSED',
    'FOLDER_NOT_EMPTY',
    'REQUEST_INVALID',
    'NOT_FOUND',
  ],
  [exitCodes.definitionsInvalid]: [
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
    'DEFINITIONS_FILE_MISSING',
    'DEFINITIONS_FILE_THREW',
    'DEFINITIONS_NO_DEFAULT_EXPORT',
  ],
  [exitCodes.unreachable]: [
    'PORT_IN_USE',
    'TEMPORAL_UNREACHABLE',
    'TEMPORAL_CLI_UNAVAILABLE',
    'STORE_UNREACHABLE',
    'STORE_LOCKED',
    'STORE_TOO_NEW',
    'SERVER_UNREACHABLE',
    'NO_WORKER',
    'NO_CODE_LOCATION',
  ],
  [exitCodes.notAuthorised]: ['NOT_AUTHORISED', 'HOST_REFUSED', 'ORIGIN_REFUSED'],
  [exitCodes.timedOut]: ['WAIT_TIMED_OUT'],
}

const byErrorCode = new Map<string, ExitCode>(
  Object.entries(codesOf).flatMap(([exitCode, codes]) => codes.map((code) => [code, Number(exitCode) as ExitCode] as const)),
)

/** The exit code of a command that ended with `error`. What no entry names counts as failed. */
export function exitCodeOf(error: unknown): ExitCode {
  const { code, httpStatus } = toldError(error)
  if (httpStatus === 401 || httpStatus === 403) return exitCodes.notAuthorised
  const exitCode = byErrorCode.get(code) ?? exitCodes.failed
  // A server's definitions are valid, or it would not serve them: what it refuses is what it was asked.
  return exitCode === exitCodes.definitionsInvalid && httpStatus !== undefined ? exitCodes.usage : exitCode
}
