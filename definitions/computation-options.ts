import type { AssetResources, Computation } from './computation.ts'
import type { ConfigSchema } from './config.ts'
import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'
import { isResource } from './resource.ts'
import { type RetryOptions, retryPolicy } from './retry-policy.ts'

/** How a function is run: what every definer takes beside the function. */
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

/**
 * Checks how a function is to be run.
 *
 * @param owner - whose function it is, for the error's text
 * @throws `INVALID_OPTION`
 */
export function computationOf(owner: string, options: ComputationOptions<ConfigSchema, AssetResources>): Computation {
  return {
    config: options.config,
    resources: resourcesOf(owner, options.resources ?? {}),
    retries: options.retries && retryPolicy(options.retries, owner),
    timeoutMs: options.timeout === undefined ? undefined : milliseconds(options.timeout, `${owner}: timeout`),
    heartbeatTimeoutMs:
      options.heartbeatTimeout === undefined ? undefined : milliseconds(options.heartbeatTimeout, `${owner}: heartbeatTimeout`, 1_000),
  }
}

/**
 * Checks that the function itself was given.
 *
 * @param option - what the definer calls it, such as `materialize`
 * @throws `INVALID_OPTION`
 */
export function requireFunction(owner: string, option: string, given: unknown): void {
  if (typeof given === 'function') return
  throw new AssetryError('INVALID_OPTION', `${owner}: ${option} is ${typeof given}, not a function.`, { facts: { owner, option } })
}

/** How nothing is run: of an asset without a function. */
export const noComputation: Computation = {
  config: undefined,
  resources: {},
  retries: undefined,
  timeoutMs: undefined,
  heartbeatTimeoutMs: undefined,
}

/** A copy of what is asked for, once it is known to be resources. @throws `INVALID_OPTION` */
export function resourcesOf(owner: string, resources: AssetResources): AssetResources {
  for (const [name, given] of Object.entries(resources)) {
    if (isResource(given)) continue
    throw new AssetryError('INVALID_OPTION', `${owner}: resource "${name}" was not made by resource().`, { facts: { owner, name } })
  }
  return { ...resources }
}
