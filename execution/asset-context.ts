import type { AssetContext } from '../definitions/asset-context.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { StepHost } from './step.ts'

/** What of a context is made for one call. */
export interface ContextParts {
  readonly config: unknown
  readonly resources: Readonly<Record<string, unknown>>
  addMetadata(metadata: Readonly<Record<string, MetadataInput>>): void
}

/** The second parameter of `materialize`, for a step of the given host. */
export function assetContext(
  host: Pick<StepHost, 'asset' | 'partitionKeys' | 'log' | 'run' | 'attempt' | 'signal' | 'heartbeat' | 'lastHeartbeat'>,
  parts: ContextParts,
): AssetContext {
  return {
    assetKey: host.asset.key,
    codeVersion: host.asset.codeVersion,
    get partitionKey() {
      return onlyPartition(host.asset.key, host.partitionKeys)
    },
    partitionKeys: host.partitionKeys,
    config: parts.config,
    resources: parts.resources,
    log: host.log,
    run: host.run,
    attempt: host.attempt,
    signal: host.signal,
    heartbeat: (details) => host.heartbeat(details),
    lastHeartbeat: host.lastHeartbeat,
    addMetadata: (metadata) => parts.addMetadata(metadata),
  }
}

function onlyPartition(assetKey: string, keys: readonly string[]): string {
  const [key] = keys
  if (key !== undefined) return key
  throw new AssetryError('NOT_PARTITIONED', `Asset "${assetKey}" reads context.partitionKey, but this run has no partition.`, {
    facts: { assetKey },
  })
}
