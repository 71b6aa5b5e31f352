import type { AnyAsset } from '../definitions/asset.ts'
import type { RunContext } from '../definitions/asset-context.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { findingsError } from '../definitions/errors.ts'
import type { Input } from '../definitions/input.ts'
import { inputShape } from '../definitions/input-shape.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { Logger } from '../definitions/logger.ts'
import { type Metadata, type MetadataInput, metadataOf } from '../definitions/metadata-value.ts'
import { isOutput } from '../definitions/output.ts'
import { isAsyncIterable, isStream } from '../definitions/stream.ts'
import { defaultStepTimeoutMs } from '../planning/run-plan.ts'
import { assetContext } from './asset-context.ts'
import type { Lease, ResourcePool } from './resource-pool.ts'
import { checkConfig } from './schema-check.ts'
import { shapedInput } from './shaped-input.ts'
import { stepDeadline } from './step-deadline.ts'
import { withStrayErrors } from './stray-errors.ts'

/** Everything a step needs from whoever runs it: an activity, or `materialize()`. */
export interface StepHost {
  readonly definitions: Definitions
  readonly asset: AnyAsset
  readonly run: RunContext
  readonly runConfig: RunConfig
  readonly partitionKeys: readonly string[]
  readonly attempt: number
  readonly signal: AbortSignal
  readonly log: Logger
  readonly resources: ResourcePool
  readonly lastHeartbeat: unknown
  heartbeat(details: unknown): void
  /** Stores values of assets that name no IO manager of their own. */
  readonly defaultIOManager: IOManager
  /** Whether this attempt may still write; see `SaveContext.confirm`. */
  confirm(): Promise<void>
}

/** What a step made. */
export interface StepOutcome {
  readonly value: unknown
  readonly metadata: Metadata
  readonly dataVersion: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/**
 * Runs one step: loads the inputs, calls the user's function, saves the output. Whatever any of them throws is thrown as
 * it is, unless the step's time was up or its signal fired: then that is the reason.
 */
export async function runStep(host: StepHost): Promise<StepOutcome> {
  const deadline = stepDeadline(host.asset.key, host.asset.timeoutMs ?? defaultStepTimeoutMs, host.signal)
  const leases: Lease[] = []
  try {
    return await Promise.race([withStrayErrors(() => steps({ ...host, signal: deadline.signal }, leases)), deadline.abandoned])
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : error
  } finally {
    deadline.clear()
    // A client that can't be disposed of is no failure of the step, whose value is saved by now.
    await Promise.allSettled(leases.map((lease) => lease.release()))
  }
}

async function steps(host: StepHost, leases: Lease[]): Promise<StepOutcome> {
  const added: Record<string, MetadataInput> = {}
  const config = await configOf(host)
  const resources = await clientsOf(host, leases)
  const inputs = await inputsOf(host)
  const context = assetContext(host, { config, resources, addMetadata: (metadata) => void Object.assign(added, metadata) })
  const returned: unknown = await (host.asset.materialize as (inputs: unknown, context: unknown) => unknown)(inputs, context)
  host.signal.throwIfAborted()
  const made = isOutput(returned) ? returned : { value: returned }
  const metadata = (): Metadata => metadataOf(`asset "${host.asset.key}"`, { ...added, ...('metadata' in made ? made.metadata : {}) })
  // Refused before anything is stored, and taken again with what the IO manager adds.
  metadata()
  await save(host, made.value, added)
  return {
    value: isStream(made.value) ? readAgain(host) : made.value,
    metadata: metadata(),
    dataVersion: 'dataVersion' in made ? made.dataVersion : undefined,
    tags: ('tags' in made ? made.tags : undefined) ?? {},
  }
}

async function configOf(host: StepHost): Promise<unknown> {
  const path = `assets.${host.asset.key}`
  const checked = await checkConfig(host.asset.config, host.runConfig.assets?.[host.asset.key], path)
  if ('findings' in checked) throw findingsError('CONFIG_INVALID', `The config of asset "${host.asset.key}" is not valid`, checked.findings)
  return checked.value
}

async function clientsOf(host: StepHost, leases: Lease[]): Promise<Readonly<Record<string, unknown>>> {
  const clients: Record<string, unknown> = {}
  for (const [name, resource] of Object.entries(host.asset.resources)) {
    const configured = host.definitions.resources[resource.name]
    if (configured === undefined) continue
    const lease = await host.resources.lease(configured, host.runConfig)
    leases.push(lease)
    clients[name] = lease.client
  }
  return clients
}

/** Loads the inputs side by side: they come from files and networks. */
async function inputsOf(host: StepHost): Promise<Readonly<Record<string, unknown>>> {
  const loaded = await Promise.all(Object.entries(host.asset.inputs).map(async ([name, input]) => [name, await load(host, input)] as const))
  return Object.fromEntries(loaded)
}

async function load(host: StepHost, input: Input): Promise<unknown> {
  const manager = input.options.ioManager ?? managerOf(host, input.asset)
  const inputMetadata = metadataOf(`an input of asset "${host.asset.key}"`, input.options.metadata ?? {})
  const loaded: unknown = await manager.load({
    assetKey: input.asset.key,
    partitionKey: host.partitionKeys[0],
    downstreamKey: host.asset.key,
    inputMetadata,
    log: host.log,
    signal: host.signal,
  })
  return shapedInput(inputShape(inputMetadata), loaded)
}

/** A stream is used up by saving it. Whoever asks for the step's value gets what was saved, loaded when it is iterated. */
function readAgain(host: StepHost): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      const signal = new AbortController().signal
      const loaded: unknown = await managerOf(host, host.asset).load({
        assetKey: host.asset.key,
        partitionKey: host.partitionKeys[0],
        downstreamKey: undefined,
        inputMetadata: {},
        log: host.log,
        signal,
      })
      yield* isAsyncIterable(loaded) ? loaded : (loaded as Iterable<unknown>)
    },
  }
}

/**
 * A function that returns nothing has nothing to store: it wrote its data itself. Where another asset reads it as an input,
 * nothing is a value like any other, and must replace the one before.
 */
async function save(host: StepHost, value: unknown, added: Record<string, MetadataInput>): Promise<void> {
  if (value === undefined && !isRead(host)) return host.confirm()
  await managerOf(host, host.asset).save(
    {
      assetKey: host.asset.key,
      partitionKey: host.partitionKeys[0],
      runId: host.run.id,
      stepKey: host.asset.key,
      definitionMetadata: host.asset.metadata,
      log: host.log,
      signal: host.signal,
      addMetadata: (metadata) => void Object.assign(added, metadata),
      confirm: async () => {
        host.signal.throwIfAborted()
        await host.confirm()
      },
    },
    value,
  )
}

function isRead({ definitions, asset }: StepHost): boolean {
  return definitions.assets.some((reader) => Object.values(reader.inputs).some((input) => input.asset.key === asset.key))
}

function managerOf(host: StepHost, asset: AnyAsset): IOManager {
  return asset.ioManager ?? host.definitions.ioManager ?? host.defaultIOManager
}
