import type { ConfigSchema } from './config.ts'
import type { AnyResource, ClientOf } from './resource.ts'
import type { RetryPolicy } from './retry-policy.ts'

/** Resources by the name they have in `context.resources`. */
export type AssetResources = Readonly<Record<string, AnyResource>>

/** What `context.resources` holds. */
export type ResourceClients<TResources extends AssetResources> = { readonly [K in keyof TResources]: ClientOf<TResources[K]> }

/** What every function that a step runs has beside the function: an asset's, an op's, a check's. */
export interface Computation {
  readonly config: ConfigSchema | undefined
  readonly resources: AssetResources
  readonly retries: RetryPolicy | undefined
  readonly timeoutMs: number | undefined
  readonly heartbeatTimeoutMs: number | undefined
}
