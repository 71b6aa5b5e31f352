import type { AnyAsset } from './asset.ts'
import type { MultiAssetStep } from './asset-origin.ts'
import type { Finding } from './errors.ts'
import { groupedBy } from './grouped-by.ts'
import { listed } from './nearest.ts'

/** What is wrong with the multi-assets among these assets: siblings that are not listed, and names of steps that are taken. */
export function multiAssetFindings(assets: readonly AnyAsset[]): readonly Finding[] {
  const made = new Map([...groupedBy(assets, stepOf)].flatMap(([step, members]) => (step === undefined ? [] : [[step, members] as const])))
  return [...[...made].flatMap(([step, members]) => siblingFindings(step, members)), ...nameFindings([...made.keys()], assets)]
}

function stepOf({ origin }: AnyAsset): MultiAssetStep | undefined {
  return origin.kind === 'multi-asset' ? origin.step : undefined
}

function siblingFindings(step: MultiAssetStep, members: readonly AnyAsset[]): readonly Finding[] {
  const keys = new Set(members.map((member) => member.key))
  const missing = Object.values(step.outputs)
    .map(({ key }) => key)
    .filter((key) => !keys.has(key))
  if (missing.length === 0) return []
  const [which, are] = keys.size === 1 ? ['Asset', 'is'] : ['Assets', 'are']
  return [
    {
      code: 'INVALID_OPTION',
      path: `assets.${[...keys][0] ?? ''}`,
      message: `${which} ${listed([...keys], 'and')} ${are} made by the multi-asset "${step.name}" together with ${listed(missing, 'and')}, which ${missing.length === 1 ? 'is' : 'are'} not among the assets. List the multi-asset itself instead of its assets.`,
    },
  ]
}

/** The name of a multi-asset is the key of its step and names its config, as an asset's key does. */
function nameFindings(steps: readonly MultiAssetStep[], assets: readonly AnyAsset[]): readonly Finding[] {
  const keys = new Set(assets.map((asset) => asset.key))
  return [...groupedBy(steps, (step) => step.name)].flatMap(([name, same]) => [
    ...(same.length > 1 ? [duplicate(name, `${same.length} multi-assets are named "${name}". Give each a name of its own.`)] : []),
    ...(keys.has(name)
      ? [duplicate(name, `A multi-asset and an asset are both named "${name}", which would name two steps. Rename one of them.`)]
      : []),
  ])
}

function duplicate(name: string, message: string): Finding {
  return { code: 'DUPLICATE_NAME', path: `assets.${name}`, message }
}
