import { type ErrorCode, isAssetryError } from '../definitions/errors.ts'
import { isFailure } from '../definitions/failure.ts'
import { type RetryPolicy, retryDelayMs } from '../definitions/retry-policy.ts'

/** Errors that a further attempt can't cure: the code or its settings must change first. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONFIG_INVALID',
  'ENV_MISSING',
  'VALUE_NOT_STORABLE',
  'STORAGE_PATH_REFUSED',
  'METADATA_INVALID',
  'NOT_PARTITIONED',
  'UNKNOWN_ASSET',
  'UNKNOWN_STEP',
  'CHECK_UNDECLARED',
  'CHECK_MISSING',
  'CHECK_RESULT_INVALID',
  'OBSERVATION_INVALID',
  'OUTPUT_NOT_RETURNED',
  'OUTPUT_UNKNOWN',
  'SEVERAL_PARTITIONS',
  'PARTITION_NOT_RETURNED',
  'PARTITION_NOT_ASKED',
  'MAPPING_INVALID',
  'PROGRAM_NOT_STARTED',
])

/**
 * Milliseconds until a step whose own code threw is tried again; null where it has failed for good. The only place that
 * decides this.
 *
 * @param failures - how often the step's code has thrown, this time included
 */
export function retryInMs(error: unknown, policy: RetryPolicy | undefined, failures: number, random: number): number | null {
  if (policy === undefined || failures > policy.max) return null
  if (isFailure(error) && !error.retryable) return null
  if (isAssetryError(error) && hopeless.has(error.code)) return null
  return retryDelayMs(policy, failures, random)
}
