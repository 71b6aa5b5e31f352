import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import type { AssetSelection } from '../definitions/asset-selection.ts'
import type { RunConfig } from '../definitions/config.ts'
import { type Definitions, definitions } from '../definitions/definitions.ts'
import { AssetryError, errorOfFindings, type Finding, isAssetryError } from '../definitions/errors.ts'
import { isFailure } from '../definitions/failure.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { didYouMean } from '../definitions/nearest.ts'
import { type ConfiguredResource, isConfiguredResource, isResource, resource } from '../definitions/resource.ts'
import { retryDelayMs } from '../definitions/retry-policy.ts'
import { memoryIOManager } from '../io/memory.ts'
import { notPartitioned } from '../planning/not-partitioned.ts'
import { planRun } from '../planning/plan-run.ts'
import { RunProgress } from '../planning/run-progress.ts'
import { resolveSelection } from '../planning/selection.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import { consoleLogger } from './console-logger.ts'
import { MaterializeRecord, type MaterializeResult } from './materialize-result.ts'
import { ResourcePool } from './resource-pool.ts'
import { checkRunConfig } from './run-config.ts'
import { SecretMask } from './secret-mask.ts'
import { runStep, type StepOutcome } from './step.ts'

/** What {@link materialize} takes beside the assets. */
export interface MaterializeOptions {
  /** Which of the assets to run; the others are only loaded from. @default all */
  readonly selection?: string | AssetSelection
  readonly runConfig?: RunConfig
  /** Clients by the name of a resource that one of the assets asks for, instead of what `create` would make; or configured resources. */
  readonly resources?: Readonly<Record<string, unknown>>
  /** Stores values of assets that name no IO manager. @default memory that ends with the call */
  readonly ioManager?: IOManager
  readonly tags?: Readonly<Record<string, string>>
  /** Refused: there are no partitioned assets yet. */
  readonly partitionKey?: string
  /** Whether the first error is thrown as it is. With `false` the run goes on beside it and reports it in `failures`. @default true */
  readonly raiseOnError?: boolean
  readonly signal?: AbortSignal
}

/**
 * Materializes assets in this process, one after another, without Temporal and without a trace: for tests, scripts and a
 * first try. What a user's function throws is thrown as it is.
 *
 * @example
 * ```ts
 * const result = await materialize([rawData, highScorers])
 * result.outputFor(highScorers)
 * ```
 * @throws `DEFINITIONS_INVALID`, `INVALID_OPTION`, `SELECTION_SYNTAX`, `UNKNOWN_ASSET`, `EMPTY_SELECTION`, `NOT_PARTITIONED`,
 * `CONFIG_INVALID`, `ENV_MISSING` before anything runs
 */
export async function materialize(assets: readonly AnyAsset[], options: MaterializeOptions = {}): Promise<MaterializeResult> {
  const asked = new Set(assets.flatMap((asset) => Object.values(asset.resources)))
  const checked = definitions({ assets, resources: [...asked] })
  refuseUnaskedResources(options.resources ?? {}, Object.keys(checked.resources))
  const given = Object.entries(options.resources ?? {}).map(([name, client]) => [name, overriding(name, client)] as const)
  const resources = { ...checked.resources, ...Object.fromEntries(given) }
  return materializeDefinitions({ ...checked, resources }, { ioManager: memoryIOManager(), ...options })
}

/** {@link materialize} for definitions that have been checked, with their own resources and IO manager. */
export async function materializeDefinitions(
  checked: Definitions,
  options: Omit<MaterializeOptions, 'resources'> & { readonly ioManager: IOManager },
): Promise<MaterializeResult> {
  if (options.partitionKey !== undefined) throw notPartitioned(options.partitionKey)
  const snapshot = await snapshotOf(checked)
  const keys = resolveSelection(snapshot.assets, options.selection ?? '*')
  const secrets = new SecretMask()
  const runConfig = options.runConfig ?? {}
  await checkRunConfig({ definitions: checked, assetKeys: keys, runConfig, environment: process.env, secrets })
  const run = new InProcessRun(checked, options, secrets)
  return run.steps(planRun(snapshot, keys).steps)
}

class InProcessRun {
  readonly #definitions: Definitions
  readonly #options: Omit<MaterializeOptions, 'resources'> & { readonly ioManager: IOManager }
  readonly #secrets: SecretMask
  readonly #resources: ResourcePool
  readonly #record = new MaterializeRecord(randomUUID())
  readonly #signal: AbortSignal

  constructor(checked: Definitions, options: MaterializeOptions & { readonly ioManager: IOManager }, secrets: SecretMask) {
    this.#definitions = checked
    this.#options = options
    this.#secrets = secrets
    this.#resources = new ResourcePool(process.env, secrets)
    this.#signal = options.signal ?? new AbortController().signal
  }

  async steps(steps: ConstructorParameters<typeof RunProgress>[0]): Promise<MaterializeResult> {
    const progress = new RunProgress(steps)
    try {
      for (let index = progress.take(); index !== undefined; index = progress.take()) {
        await this.#step(progress, index, steps[index]?.asset ?? '')
      }
    } finally {
      await this.#resources.close()
    }
    for (const { stepKey, because } of progress.skipped()) this.#record.skip(stepKey, because)
    return this.#record
  }

  async #step(progress: RunProgress, index: number, assetKey: AssetKey): Promise<void> {
    try {
      this.#record.succeeded(assetKey, await this.#attempts(this.#asset(assetKey)))
      progress.succeeded(index)
    } catch (error) {
      if (this.#options.raiseOnError !== false || this.#signal.aborted) throw error
      this.#record.failures.push({ assetKey, error })
      progress.failed(index)
    }
  }

  async #attempts(asset: AnyAsset): Promise<StepOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(asset, attempt)
      } catch (error) {
        const hopeless = isAssetryError(error) || (isFailure(error) && !error.retryable) || this.#signal.aborted
        if (hopeless || asset.retries === undefined || attempt > asset.retries.max) throw error
        await wait(retryDelayMs(asset.retries, attempt, Math.random()))
      }
    }
  }

  #attempt(asset: AnyAsset, attempt: number): Promise<StepOutcome> {
    const { runConfig = {}, partitionKey, tags = {}, ioManager } = this.#options
    return runStep({
      definitions: this.#definitions,
      asset,
      run: { id: this.#record.runId, jobName: undefined, tags },
      runConfig,
      partitionKeys: partitionKey === undefined ? [] : [partitionKey],
      attempt,
      signal: this.#signal,
      log: consoleLogger(asset.key, this.#secrets),
      resources: this.#resources,
      lastHeartbeat: undefined,
      heartbeat: () => undefined,
      defaultIOManager: ioManager,
      confirm: () => Promise.resolve(),
    })
  }

  #asset(key: AssetKey): AnyAsset {
    const found = this.#definitions.assets.find((asset) => asset.key === key)
    if (found === undefined) throw new AssetryError('UNKNOWN_ASSET', `There is no asset "${key}" in these definitions.`, { facts: { key } })
    return found
  }
}

/** A stand-in that nothing asks for is a slip: the real resource would be made in its place. */
function refuseUnaskedResources(given: Readonly<Record<string, unknown>>, asked: readonly string[]): void {
  const findings = Object.keys(given)
    .filter((name) => !asked.includes(name))
    .map((name): Finding => ({ code: 'INVALID_OPTION', path: `resources.${name}`, message: unaskedText(name, asked) }))
  const error = errorOfFindings('INVALID_OPTION', "materialize() was given resources that it can't use", findings)
  if (error !== undefined) throw error
}

function unaskedText(name: string, asked: readonly string[]): string {
  return `resources.${name}: none of these assets asks for a resource "${name}". ${didYouMean(name, 'resources', asked)}`
}

/** A ready client stands in for the whole resource. */
function overriding(name: string, given: unknown): ConfiguredResource {
  if (isConfiguredResource(given)) return given
  if (isResource(given)) return given.configure(undefined)
  return resource({ name, create: () => given }).configure(undefined)
}
