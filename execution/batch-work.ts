import type { AnyAsset } from '../definitions/asset.ts'
import { type BackfillPolicySpec, partitionsPerCall } from '../definitions/backfill-policy.ts'
import type { CheckOutcome } from '../definitions/check-spec.ts'
import { AssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import { isOutput } from '../definitions/output.ts'
import type { PartitionValues } from '../definitions/partition-batch.ts'
import { assetContext, outcomeOf, type UserFunction } from './asset-work.ts'
import { loadBatchInputs, missingUpstream } from './batch-inputs.ts'
import { type InputVersions, inputVersionsOfEach } from './input-versions.ts'
import { madeAsset } from './made-asset.ts'
import type { StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import { stepOutcome, type StepOutcome } from './step-outcome.ts'
import type { StepWork } from './step-work.ts'

/** Told what comes of each partition of a call, as it comes. What it throws ends the call. */
export interface BatchListener {
  /** @param durationMs - about how long this one took, its share of what was done for all of them included */
  made(key: string, outcome: StepOutcome, durationMs: number): Promise<void>
  failed(key: string, error: unknown): Promise<void>
}

/** The step of an asset whose function makes several partitions at once. */
export function batchWork(asset: AnyAsset, policy: BackfillPolicySpec): StepWork {
  const owner = `asset "${asset.key}"`
  return {
    owner,
    computation: asset,
    configAt: ['assets', asset.key],
    batch: { size: partitionsPerCall(policy), perform: (host, parts, listener) => performBatch(host, asset, parts, listener) },
    perform: async (host, parts) => {
      const made: StepOutcome[] = []
      await performBatch(host, asset, parts, {
        made: async (_key, outcome) => void made.push(outcome),
        failed: async (_key, error) => {
          throw error
        },
      })
      return made[0] ?? stepOutcome({})
    },
  }
}

/** Partitions that need one which doesn't exist are left out of the call. */
async function performBatch(host: StepHost, asset: AnyAsset, parts: StepContextParts, listener: BatchListener): Promise<void> {
  const wanted: string[] = []
  const missing = missingUpstream(host, `asset "${asset.key}"`, asset.inputs)
  for (const key of host.partitionKeys) {
    const error = missing(key)
    if (error === undefined) wanted.push(key)
    else await listener.failed(key, error)
  }
  if (wanted.length > 0) await new BatchCall({ ...host, partitionKeys: wanted }, asset, parts, listener).toItsEnd()
}

/** A partition that was saved. */
interface SavedPartition {
  readonly key: string
  readonly outcome: StepOutcome
  readonly durationMs: number
}

/**
 * One call of a function that makes several partitions. Each is saved and told of as it comes; only the last one counts as
 * made when the function has ended, so that an error at its end is not lost.
 */
class BatchCall {
  readonly #host: StepHost
  readonly #asset: AnyAsset
  readonly #parts: StepContextParts
  readonly #listener: BatchListener
  readonly #asked: ReadonlySet<string>
  /** Those that the function has not given yet. */
  readonly #left: Set<string>
  readonly #checks: Record<string, CheckOutcome> = {}
  #inputVersions: ReadonlyMap<string, InputVersions> = new Map()
  #last: SavedPartition | undefined
  /** Each partition's share of the time that passed before the first one was given. */
  #sharedMs = 0
  /** When the partition that is under way was begun. As `performance.now()` has it. */
  #begunAt = 0

  constructor(host: StepHost, asset: AnyAsset, parts: StepContextParts, listener: BatchListener) {
    this.#host = host
    this.#asset = asset
    this.#parts = parts
    this.#listener = listener
    this.#asked = new Set(host.partitionKeys)
    this.#left = new Set(host.partitionKeys)
  }

  get #owner(): string {
    return `asset "${this.#asset.key}"`
  }

  async toItsEnd(): Promise<void> {
    const returned = await this.#called()
    if (returned === undefined) for (const key of this.#asked) await this.#given(key, undefined)
    else for await (const pair of returned) await this.#taken(pair)
    this.#host.signal.throwIfAborted()
    if (this.#last !== undefined) await this.#listener.made(this.#last.key, this.#last.outcome, this.#last.durationMs)
    for (const key of this.#left) await this.#listener.failed(key, this.#notReturned(key))
  }

  async #called(): Promise<PartitionValues | undefined> {
    const [host, asset] = [this.#host, this.#asset]
    const begunAt = performance.now()
    this.#inputVersions = await inputVersionsOfEach(host, asset)
    const inputs = await loadBatchInputs(host, { owner: this.#owner, assetKey: asset.key }, asset.inputs)
    const returned: unknown = await (asset.materialize as UserFunction)(inputs, assetContext(host, asset, this.#parts, this.#checks))
    host.signal.throwIfAborted()
    this.#begunAt = performance.now()
    this.#sharedMs = (this.#begunAt - begunAt) / this.#asked.size
    if (returned === undefined || isPartitionValues(returned)) return returned
    throw this.#misshapen(`returned ${shown(returned)}`)
  }

  async #taken(pair: unknown): Promise<void> {
    this.#host.signal.throwIfAborted()
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') throw this.#misshapen(`gave ${shown(pair)}`)
    const [key, value] = pair as [string, unknown]
    if (!this.#asked.has(key)) throw this.#notAsked(key)
    if (!this.#left.has(key)) throw this.#givenTwice(key)
    await this.#given(key, value)
  }

  /** Saves the value of a partition. One that can't be saved fails by itself. */
  async #given(key: string, value: unknown): Promise<void> {
    this.#left.delete(key)
    const outcome = await this.#saved(key, value).catch((error: unknown) => ({ error }))
    const durationMs = this.#sharedMs + performance.now() - this.#begunAt
    this.#begunAt = performance.now()
    this.#host.signal.throwIfAborted()
    if ('error' in outcome) await this.#listener.failed(key, outcome.error)
    else await this.#told({ key, outcome, durationMs })
  }

  async #saved(key: string, value: unknown): Promise<StepOutcome> {
    const host = { ...this.#host, partitionKeys: [key] }
    const inputVersions = this.#inputVersions.get(key) ?? {}
    const given = { returned: await value, added: this.#parts.added, checks: this.#checks, inputVersions }
    return outcomeOf(await madeAsset(host, this.#asset, given))
  }

  async #told(saved: SavedPartition): Promise<void> {
    if (this.#left.size === 0) this.#last = saved
    else await this.#listener.made(saved.key, saved.outcome, saved.durationMs)
  }

  #misshapen(what: string): AssetryError {
    return new AssetryError(
      'PARTITION_NOT_RETURNED',
      `The ${this.#owner} makes several partitions at once, but its function ${what}. Return a Map of values by partition key, ` +
        `give pairs [key, value] by a generator, or return nothing where it has written the data itself.`,
      { facts: { assetKey: this.#asset.key } },
    )
  }

  #notReturned(key: string): AssetryError {
    return new AssetryError(
      'PARTITION_NOT_RETURNED',
      `The function of ${this.#owner} gave no value for partition "${key}", which it was asked for. Give one for each of context.partitionKeys; ` +
        `where there is nothing, undefined.`,
      { facts: { assetKey: this.#asset.key, partitionKey: key } },
    )
  }

  #notAsked(key: string): AssetryError {
    return new AssetryError(
      'PARTITION_NOT_ASKED',
      `The function of ${this.#owner} gave a value for partition "${key}", which it was not asked for. ${didYouMean(key, 'partitions', this.#asked)} ` +
        `Give values only for context.partitionKeys.`,
      { facts: { assetKey: this.#asset.key, partitionKey: key } },
    )
  }

  #givenTwice(key: string): AssetryError {
    return new AssetryError(
      'PARTITION_NOT_ASKED',
      `The function of ${this.#owner} gave a value for partition "${key}" twice. The first one is saved. Give one for each of context.partitionKeys.`,
      { facts: { assetKey: this.#asset.key, partitionKey: key } },
    )
  }
}

function isPartitionValues(value: unknown): value is PartitionValues {
  if (typeof value !== 'object' || value === null || isOutput(value)) return false
  return Symbol.iterator in value || Symbol.asyncIterator in value
}

function shown(value: unknown): string {
  if (isOutput(value)) return 'an output() of all of them'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
