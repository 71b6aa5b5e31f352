import { AssetryError } from '../definitions/errors.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import { severalPartitions } from '../definitions/several-partitions.ts'
import type { StepContext } from '../definitions/step-context.ts'
import type { PartitionContext } from '../definitions/partition-context.ts'
import type { StepHost } from './step-host.ts'
import { stepDimensions, stepTimeWindow } from './step-partitions.ts'

/** What of a context is made for one call. */
export interface StepContextParts {
  readonly config: unknown
  readonly resources: Readonly<Record<string, unknown>>
  /** What `addMetadata` got. */
  readonly added: Record<string, MetadataInput>
}

/** What the contexts of all kinds of functions have. */
export function stepContext(host: StepHost, { config, resources, added }: StepContextParts): StepContext {
  return {
    config,
    resources,
    log: host.log,
    run: host.run,
    attempt: host.attempt,
    signal: host.signal,
    heartbeat: (details) => host.heartbeat(details),
    lastHeartbeat: host.lastHeartbeat,
    addMetadata: (metadata) => void Object.assign(added, metadata),
  }
}

/** The context of a function that may be called for a partition. */
export function partitionedContext<TOwn extends object>(
  owner: string,
  host: StepHost,
  parts: StepContextParts,
  own: TOwn,
): StepContext & PartitionContext & TOwn {
  const context = { ...stepContext(host, parts), ...own, partitionKeys: host.partitionKeys }
  return Object.defineProperties(context, {
    partitionKey: { get: () => onlyPartition(owner, host.partitionKeys), enumerable: true },
    partitionTimeWindow: { get: () => stepTimeWindow(owner, host), enumerable: true },
    partitionDimensions: { get: () => stepDimensions(owner, host), enumerable: true },
  }) as typeof context & PartitionContext
}

function onlyPartition(owner: string, keys: readonly string[]): string {
  const [key, ...others] = keys
  if (others.length > 0) throw severalPartitions(owner, 'partitionKey', keys)
  if (key !== undefined) return key
  throw new AssetryError('NOT_PARTITIONED', `${owner} reads context.partitionKey, but this run has no partition.`, { facts: { owner } })
}
