import { randomUUID } from 'node:crypto'
import { AssetryError } from '../definitions/errors.ts'
import type { Logger } from '../definitions/logger.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { PartitionContext } from '../definitions/partition-context.ts'
import type { TimeWindow } from '../definitions/partitions/partitions-spec.ts'
import { severalPartitions } from '../definitions/several-partitions.ts'
import type { StepContext } from '../definitions/step-context.ts'

/** What every builder of a context may be told; each has a sensible default. */
export interface StepContextOptions<TConfig, TResources> {
  readonly config?: TConfig
  readonly resources?: TResources
  readonly tags?: Readonly<Record<string, string>>
  readonly runId?: string
  readonly jobName?: string
  /** @default 1 */
  readonly attempt?: number
  readonly signal?: AbortSignal
  readonly lastHeartbeat?: unknown
  /** @default a logger that keeps silent */
  readonly log?: Logger
}

/** What a called function did with its context. */
export interface ContextRecord {
  /** What `addMetadata` got so far. */
  readonly addedMetadata: Readonly<Record<string, MetadataInput>>
  /** What `heartbeat` got so far. */
  readonly heartbeats: readonly unknown[]
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** The context that all kinds of functions get, with what they do with it. */
export function testStepContext<TConfig, TResources>(
  options: StepContextOptions<TConfig, TResources>,
): StepContext<TConfig, TResources> & ContextRecord {
  const addedMetadata: Record<string, MetadataInput> = {}
  const heartbeats: unknown[] = []
  return {
    config: options.config as TConfig,
    resources: (options.resources ?? {}) as TResources,
    log: options.log ?? silent,
    run: { id: options.runId ?? randomUUID(), jobName: options.jobName, tags: options.tags ?? {} },
    attempt: options.attempt ?? 1,
    signal: options.signal ?? new AbortController().signal,
    heartbeat: (details) => void heartbeats.push(details),
    lastHeartbeat: options.lastHeartbeat,
    addMetadata: (metadata) => void Object.assign(addedMetadata, metadata),
    addedMetadata,
    heartbeats,
  }
}

/** Which partition a call is for. */
export interface PartitionOptions {
  readonly partitionKey?: string
  /** The partitions of a call that makes several. @default the one of `partitionKey` */
  readonly partitionKeys?: readonly string[]
  /** What `context.partitionTimeWindow` is. */
  readonly partitionTimeWindow?: TimeWindow
  /** What `context.partitionDimensions` is. */
  readonly partitionDimensions?: Readonly<Record<string, string>>
}

/** Gives a context its partition. @param builder - who made the context, for the error's text */
export function withPartition<TContext extends object>(
  builder: string,
  context: TContext,
  { partitionKey, partitionKeys, partitionTimeWindow, partitionDimensions }: PartitionOptions,
): TContext & PartitionContext {
  const keys = partitionKeys ?? (partitionKey === undefined ? [] : [partitionKey])
  const get = (): string => {
    const [key, ...others] = keys
    if (others.length > 0) throw severalPartitions('The function', 'partitionKey', keys)
    if (key !== undefined) return key
    throw new AssetryError('NOT_PARTITIONED', `The function reads context.partitionKey. Give it one: ${builder}({ partitionKey: … }).`)
  }
  const partitioned = { ...context, partitionKeys: keys, partitionTimeWindow, partitionDimensions }
  return Object.defineProperty(partitioned, 'partitionKey', { get, enumerable: true }) as TContext & PartitionContext
}
