import { type AnyAsset, isAsset } from '../definitions/asset.ts'
import { type AssetCheck, isAssetCheck } from '../definitions/asset-check.ts'
import type { AssetSelection } from '../definitions/asset-selection.ts'
import type { RunConfig } from '../definitions/config.ts'
import { type Definitions, definitions } from '../definitions/definitions.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import { requireDynamicKeys } from '../definitions/partitions/dynamic-partitions.ts'
import { isMultiAsset, type MultiAsset } from '../definitions/multi-asset.ts'
import type { AnyOp } from '../definitions/op.ts'
import { memoryIOManager } from '../io/memory.ts'
import { planRun } from '../planning/plan-run.ts'
import { checkRunPartition } from '../planning/run-partition.ts'
import { resolveSelection } from '../planning/selection.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import { InProcessRun } from './in-process-run.ts'
import { materializeResult, type MaterializeResult } from './materialize-result.ts'
import { checkRunConfig } from './run-config.ts'
import { runWorks } from './run-works.ts'
import { SecretMask } from './secret-mask.ts'
import { askedResources, type StandIns, withStandIns } from './stand-ins.ts'

/** What {@link materialize} takes beside the assets. */
export interface MaterializeOptions {
  /** Which of the assets to run; the others are only loaded from. @default all */
  readonly selection?: string | AssetSelection
  readonly runConfig?: RunConfig
  /** Clients by the name of a resource that one of the assets asks for, instead of what `create` would make; or configured resources. */
  readonly resources?: StandIns
  /** Checks that run after their assets. */
  readonly assetChecks?: readonly AssetCheck[]
  /** Stores values of assets that name no IO manager. @default memory that ends with the call */
  readonly ioManager?: IOManager
  readonly tags?: Readonly<Record<string, string>>
  /** The partition to materialize, where assets have partitions. */
  readonly partitionKey?: string
  /** The keys of dynamic partitions, by their name: `{ customers: ['acme', 'initech'] }`. Needed where assets have such. */
  readonly dynamicPartitions?: Readonly<Record<string, readonly string[]>>
  /** Whether the first error is thrown as it is. With `false` the run goes on beside it and reports it in `failures`. @default true */
  readonly raiseOnError?: boolean
  readonly signal?: AbortSignal
}

/**
 * Materializes assets in this process, one after another, without Temporal and without a record of the run: for tests,
 * scripts and a first try. Values stay in memory, except those of assets that name an IO manager: these go where it writes.
 * What a user's function throws is thrown as it is.
 *
 * @example
 * ```ts
 * const result = await materialize([rawData, highScorers])
 * result.outputFor(highScorers)
 * ```
 * @throws `DEFINITIONS_INVALID`, `INVALID_OPTION`, `SELECTION_SYNTAX`, `UNKNOWN_ASSET`, `EMPTY_SELECTION`, `NOT_PARTITIONED`,
 * `PARTITION_REQUIRED`, `PARTITION_UNKNOWN`, `PARTITIONS_DIFFER`, `DYNAMIC_KEYS_MISSING`, `PARTITION_KEY_INVALID`, `CONFIG_INVALID`, `ENV_MISSING` before anything runs
 */
export async function materialize(
  assets: readonly (AnyAsset | MultiAsset)[],
  options: MaterializeOptions = {},
): Promise<MaterializeResult> {
  const assetChecks = options.assetChecks ?? []
  const members = assets.flatMap((each) => (isMultiAsset(each) ? Object.values(each.assets) : [each]))
  // What is no asset, or no check, definitions() refuses by its place.
  const own = members.filter(isAsset)
  const asked = askedResources([...own, ...assetChecks.filter(isAssetCheck), ...own.flatMap(opsOf)])
  const checked = definitions({ assets, assetChecks, resources: asked })
  const resources = withStandIns('materialize()', checked.resources, options.resources ?? {})
  return materializeDefinitions({ ...checked, resources }, { ioManager: memoryIOManager(), ...options })
}

/** {@link materialize} for definitions that have been checked, with their own resources and IO manager. */
export async function materializeDefinitions(
  checked: Definitions,
  options: Omit<MaterializeOptions, 'resources' | 'assetChecks'> & { readonly ioManager: IOManager },
): Promise<MaterializeResult> {
  const snapshot = await snapshotOf(checked)
  const assetKeys = resolveSelection(snapshot.assets, options.selection ?? '*')
  const plan = planRun(snapshot, assetKeys)
  const { partitionKey } = options
  const dynamicKeys = dynamicKeysIn(options.dynamicPartitions)
  checkRunPartition(snapshot.assets, assetKeys, partitionKey, { now: new Date(), dynamicKeys })
  const { runConfig = {}, tags = {}, ioManager, signal = new AbortController().signal, raiseOnError = true } = options
  const secrets = new SecretMask()
  const works = runWorks(checked, plan, undefined)
  await checkRunConfig({ definitions: checked, works, runConfig, environment: process.env, secrets })
  const run = new InProcessRun({
    definitions: checked,
    plan,
    jobName: undefined,
    runConfig,
    tags,
    partitionKey,
    dynamicKeys,
    ioManager,
    secrets,
    signal,
    raiseOnError,
  })
  return materializeResult(await run.toItsEnd())
}

/** @throws `PARTITION_KEY_INVALID` */
function dynamicKeysIn(given: MaterializeOptions['dynamicPartitions'] = {}): DynamicKeys {
  for (const [name, keys] of Object.entries(given)) requireDynamicKeys(name, keys)
  return new Map(Object.entries(given))
}

/** The ops that make a graph asset ask for resources, too. */
function opsOf({ origin }: AnyAsset): readonly AnyOp[] {
  return origin.kind === 'graph' ? origin.graph.nodes.map(({ op }) => op) : []
}
