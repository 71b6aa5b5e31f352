import type { AssetResources, Computation } from './computation.ts'
import type { ConfigSchema } from './config.ts'
import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'
import { isResource } from './resource.ts'
import { type RetryOptions, retryPolicy } from './retry-policy.ts'

/** How a {@link Computation} is declared. */
export interface ComputationOptions<TConfig extends ConfigSchema, TResources extends AssetResources> {
  /** Checks and types `context.config`, which is undefined without it. */
  readonly config?: TConfig
  readonly resources?: TResources
  /** Retries when the function throws. A lost worker doesn't count. @default none */
  readonly retries?: RetryOptions
  /**
   * Longest time of one attempt. Then `context.signal` fires, and a function that goes on for another 5 seconds is left
   * behind: what it returns is neither stored nor recorded. @default 24 hours
   */
  readonly timeout?: Duration
  /**
   * Time without a sign of life after which a worker counts as lost. Signs are sent for you while the event loop turns;
   * raise it for code that blocks the loop for longer. @default 30 seconds
   */
  readonly heartbeatTimeout?: Duration
}

/** @throws `INVALID_OPTION` */
export function computationOf(owner: string, options: ComputationOptions<ConfigSchema, AssetResources>): Computation {
  const { config, retries, timeout, heartbeatTimeout } = options
  return {
    config,
    resources: resourcesOf(owner, options.resources ?? {}),
    retries: retries && retryPolicy(retries, owner),
    timeoutMs: timeout === undefined ? undefined : milliseconds(timeout, `${owner}: timeout`),
    heartbeatTimeoutMs: heartbeatTimeout === undefined ? undefined : milliseconds(heartbeatTimeout, `${owner}: heartbeatTimeout`, 1_000),
  }
}

function resourcesOf(owner: string, resources: AssetResources): AssetResources {
  for (const [name, given] of Object.entries(resources)) {
    if (isResource(given)) continue
    throw new AssetryError('INVALID_OPTION', `${owner}: resource "${name}" was not made by resource().`, { facts: { owner, name } })
  }
  return { ...resources }
}
