import { createHash } from 'node:crypto'
import type { RunConfig } from '../definitions/config.ts'

/** What a run is started with. */
export interface LaunchRequest {
  /** Needed only where several code locations are registered. */
  readonly codeLocation?: string
  readonly job?: string
  /** In the selection language. */
  readonly selection?: string
  /** Those of the job's assets that are selected by this; as of a run request of a sensor. */
  readonly ofJob?: string
  readonly partitionKey?: string
  /** Keys and ranges `a...b`, for one run of many partitions. */
  readonly partitions?: readonly string[]
  readonly runConfig?: RunConfig
  readonly tags?: Readonly<Record<string, string>>
  /** A second request with the same key gives the run of the first. */
  readonly idempotencyKey?: string
}

/** Identifies what is asked for, so that an idempotency key that comes again with another request is noticed. */
export function requestHash(request: LaunchRequest): string {
  const { codeLocation, job, selection, ofJob, partitionKey, partitions, runConfig, tags } = request
  const asked = [codeLocation ?? null, job ?? null, selection ?? null, partitionKey ?? null, sorted(runConfig ?? {}), sorted(tags ?? {})]
  // Requests of before there were runs of many partitions keep their hash.
  return createHash('sha256')
    .update(
      JSON.stringify(
        partitions === undefined && ofJob === undefined ? asked : [...asked, partitions, ...(ofJob === undefined ? [] : [ofJob])],
      ),
    )
    .digest('hex')
}

/** The same JSON whatever the order in which properties were written. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
