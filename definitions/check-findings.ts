import type { AnyAsset } from './asset.ts'
import type { AssetCheck } from './asset-check.ts'
import type { AssetKey } from './asset-key.ts'
import { dependencyEdges, dependencyOrder } from './dependencies.ts'
import type { Finding } from './errors.ts'
import { groupedBy } from './grouped-by.ts'
import { nearestText } from './nearest.ts'

/** What is wrong with checks that are steps of their own, among these assets. */
export function checkFindings(assets: readonly AnyAsset[], checks: readonly AssetCheck[]): readonly Finding[] {
  const keys = new Set(assets.map((asset) => asset.key))
  const distinct = [...new Set(checks)]
  return [
    ...nameFindings([...new Set(assets)], checks),
    ...distinct.flatMap((check) => upstreamFindings(check, keys)),
    ...circleFindings(assets, distinct),
  ]
}

/** What names a check among all: its step's key. */
function titleOf({ assetKey, name }: AssetCheck): string {
  return `${assetKey}:${name}`
}

function nameFindings(assets: readonly AnyAsset[], checks: readonly AssetCheck[]): readonly Finding[] {
  const own = new Set(assets.flatMap((asset) => asset.checks.map(({ name }) => `${asset.key}:${name}`)))
  return [...groupedBy(checks, titleOf)].flatMap(([title, same]) => {
    const [{ name, assetKey }] = same as readonly [AssetCheck]
    const path = `assetChecks.${title}`
    const finding = (message: string): Finding => ({ code: 'DUPLICATE_NAME', path, message })
    if (own.has(title))
      return [finding(`Asset "${assetKey}" declares a check "${name}" itself, and assetChecks has another. Rename one of them.`)]
    if (same.length === 1) return []
    if (new Set(same).size === 1) return [finding(`Check "${name}" of "${assetKey}" is listed ${same.length} times. List it once.`)]
    return [finding(`${same.length} checks of "${assetKey}" are named "${name}". Give each a name of its own.`)]
  })
}

function upstreamFindings(check: AssetCheck, keys: ReadonlySet<AssetKey>): readonly Finding[] {
  const path = `assetChecks.${titleOf(check)}`
  const owner = `Check "${check.name}" of "${check.assetKey}"`
  const loaded = Object.entries(check.inputs).filter(([, { asset }]) => asset.key !== check.assetKey)
  const read = new Set(loaded.map(([, { asset }]) => asset.key))
  const missing = (what: string, key: AssetKey): string =>
    `${what}, which is not among the assets. Add that asset to assets.${nearestText(key, keys)}`
  return [
    ...(keys.has(check.assetKey)
      ? []
      : [finding('UNKNOWN_ASSET', path, missing(`Check "${check.name}" is of the asset "${check.assetKey}"`, check.assetKey))]),
    ...loaded
      .filter(([, { asset }]) => !keys.has(asset.key))
      .map(([name, { asset }]) =>
        finding('UNKNOWN_INPUT', `${path}.inputs.${name}`, missing(`${owner} reads "${asset.key}" as its input "${name}"`, asset.key)),
      ),
    ...check.upstreamKeys
      .filter((key) => !read.has(key) && !keys.has(key))
      .map((key) => finding('UNKNOWN_DEP', `${path}.deps`, missing(`${owner} depends on "${key}"`, key))),
  ]
}

/** What is downstream of an asset waits for its blocking checks; so these may need nothing that waits for them. */
function circleFindings(assets: readonly AnyAsset[], checks: readonly AssetCheck[]): readonly Finding[] {
  const { upstream } = dependencyEdges(assets)
  // A circle of assets alone is reported as such.
  if (dependencyOrder(upstream).cycles.length > 0) return []
  const blocking = groupedBy(
    checks.filter((check) => check.blocking),
    ({ assetKey }) => assetKey,
  )
  const gates = (key: AssetKey): readonly string[] => (blocking.get(key) ?? []).map(titleOf)
  const waits = new Map([...upstream].map(([key, keys]) => [key, [...keys, ...keys.flatMap(gates)]]))
  for (const check of [...blocking.values()].flat())
    waits.set(titleOf(check), [
      check.assetKey,
      ...check.upstreamKeys.filter((key) => upstream.has(key)).flatMap((key) => [key, ...gates(key)]),
    ])
  return dependencyOrder(waits).cycles.map((cycle) => {
    const check = cycle.find((each) => each.includes(':')) ?? ''
    return finding(
      'ASSET_CYCLE',
      `assetChecks.${check}`,
      `The blocking check "${check}" needs what itself waits for the check to pass: ${cycle.join(' → ')}. Remove that input or dep of the check, or don't let it block.`,
    )
  })
}

function finding(code: Finding['code'], path: string, message: string): Finding {
  return { code, path, message }
}
