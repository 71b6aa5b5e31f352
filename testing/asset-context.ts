import { randomUUID } from 'node:crypto'
import type { AssetContext } from '../definitions/asset-context.ts'
import type { Logger } from '../definitions/logger.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import { AssetryError } from '../definitions/errors.ts'

/** What {@link buildAssetContext} may be told; each has a sensible default. */
export interface AssetContextOptions<TConfig, TResources> {
  readonly assetKey?: string
  readonly codeVersion?: string
  readonly config?: TConfig
  readonly resources?: TResources
  readonly partitionKey?: string
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

/** A context for a direct call, and what the called function did with it. */
export interface TestAssetContext<TConfig, TResources> extends AssetContext<TConfig, TResources> {
  /** What `addMetadata` got so far. */
  readonly addedMetadata: Readonly<Record<string, MetadataInput>>
  /** What `heartbeat` got so far. */
  readonly heartbeats: readonly unknown[]
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * A context for calling an asset's function in a test.
 *
 * @example
 * ```ts
 * const cleaned = cleanedOrders.materialize({ rawOrders: sample }, buildAssetContext({ config: { minScore: 85 } }))
 * ```
 */
export function buildAssetContext<TConfig = undefined, TResources = Readonly<Record<string, never>>>(
  options: AssetContextOptions<TConfig, TResources> = {},
): TestAssetContext<TConfig, TResources> {
  const addedMetadata: Record<string, MetadataInput> = {}
  const heartbeats: unknown[] = []
  const partitionKeys = options.partitionKey === undefined ? [] : [options.partitionKey]
  return {
    assetKey: options.assetKey ?? 'test',
    codeVersion: options.codeVersion,
    get partitionKey() {
      if (options.partitionKey !== undefined) return options.partitionKey
      throw new AssetryError(
        'NOT_PARTITIONED',
        'The function reads context.partitionKey. Give it one: buildAssetContext({ partitionKey: … }).',
      )
    },
    partitionKeys,
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
