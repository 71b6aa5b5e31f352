import type { AnyAsset, AssetDep, AssetInputs } from './asset.ts'
import { type AssetKey, assetKey } from './asset-key.ts'
import { hasKind, kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'
import { type Input, isInput } from './input.ts'
import type { PartitionMapping } from './partition-mappings/partition-mapping.ts'
import { sameMapping } from './partition-mappings/partition-mapping-spec.ts'

/** What stands upstream of a function. */
export interface Upstream {
  readonly inputs: Readonly<Record<string, Input>>
  /** Keys of all upstream assets, loaded or not, each once; inputs first. */
  readonly upstreamKeys: readonly AssetKey[]
  /** The partition mappings that were declared, by upstream key. */
  readonly partitionMappings: Readonly<Record<AssetKey, PartitionMapping>>
}

/**
 * Reads what was given as `inputs` and `deps`.
 *
 * @param owner - whose they are, for the error's text
 * @throws `INVALID_OPTION`, `INVALID_ASSET_KEY`
 */
export function upstreamOf(owner: string, given: { readonly inputs?: AssetInputs; readonly deps?: readonly AssetDep[] }): Upstream {
  const inputs = inputsOf(owner, given.inputs ?? {})
  const deps = given.deps ?? []
  const keys = new Set(Object.values(inputs).map((each) => each.asset.key))
  for (const dep of deps) keys.add(keyOf(owner, dep))
  return { inputs, upstreamKeys: [...keys], partitionMappings: mappingsOf(owner, Object.values(inputs), deps) }
}

/** An input of an asset that was given as it is, or by `input()`; undefined for what is neither. */
export function inputOf(given: unknown): Input | undefined {
  if (isInput(given)) return given
  return hasKind(given, 'asset') ? { [kindOf]: 'input', asset: given as AnyAsset, options: {} } : undefined
}

function inputsOf(owner: string, inputs: AssetInputs): Readonly<Record<string, Input>> {
  const named: Record<string, Input> = {}
  for (const [name, given] of Object.entries(inputs)) {
    const found = inputOf(given)
    if (found === undefined) throw refused(owner, `input "${name}" is not an asset.${hint(given)}`)
    named[name] = found
  }
  return named
}

function keyOf(owner: string, dep: AssetDep): AssetKey {
  if (typeof dep === 'string') return assetKey(dep)
  if (isInput(dep)) return dep.asset.key
  if (hasKind(dep, 'asset')) return dep.key
  throw refused(owner, `one of its deps is neither an asset nor a key.${hint(dep)}`)
}

/** A dep without a mapping says nothing of partitions; an input without one is of the partition with the same key. */
function mappingsOf(owner: string, inputs: readonly Input[], deps: readonly AssetDep[]): Upstream['partitionMappings'] {
  const found = new Map<AssetKey, PartitionMapping | undefined>()
  const mapped = deps.filter(isInput).filter(({ options }) => options.partitionMapping !== undefined)
  for (const { asset, options } of [...inputs, ...mapped]) {
    const { partitionMapping } = options
    if (found.has(asset.key) && !sameMapping(found.get(asset.key)?.spec, partitionMapping?.spec)) throw twoMappings(owner, asset.key)
    found.set(asset.key, partitionMapping)
  }
  return Object.fromEntries([...found].flatMap(([key, mapping]) => (mapping === undefined ? [] : [[key, mapping]])))
}

function twoMappings(owner: string, key: AssetKey): AssetryError {
  return refused(
    owner,
    `it needs "${key}" more than once, and by different partition mappings. Use one that gives all of them, such as timeWindowMapping({ startOffset: -1 }) for a partition and the one before.`,
  )
}

function hint(given: unknown): string {
  if (hasKind(given, 'multi-asset')) return ' Of a multi-asset name one of its assets, such as multi.assets.users.'
  return ' A module that imports itself in a circle gives undefined here.'
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
