import { type AnyAsset, isAsset } from './asset.ts'
import { type AssetCheck, isAssetCheck } from './asset-check.ts'
import type { AssetKey } from './asset-key.ts'
import type { AssetSelection } from './asset-selection.ts'
import { kindOf } from './brand.ts'
import { checkFindings } from './check-findings.ts'
import type { DefinitionsOptions } from './definitions.ts'
import { dependencyEdges, dependencyOrder } from './dependencies.ts'
import { type Finding, isAssetryError } from './errors.ts'
import { isIOManager } from './io-manager.ts'
import { isMultiAsset, eachAsset, type MultiAsset } from './multi-asset.ts'
import { multiAssetFindings } from './multi-asset-findings.ts'
import { askingOps, graphsOf, opNameFindings, stepKeyFindings } from './graph-findings.ts'
import { groupedBy } from './grouped-by.ts'
import { type AssetJob, isJob } from './job.ts'
import { nearestText } from './nearest.ts'
import { type AnyResource, type ConfiguredResource, isConfiguredResource, isResource } from './resource.ts'
import { type Asker, resourceFindings } from './resource-findings.ts'
import { partitionFindings } from './partition-findings.ts'
import { isSchedule, type Schedule } from './schedule.ts'
import { scheduleFindings } from './schedule-findings.ts'
import { isSensor, type Sensor } from './sensor.ts'
import { certainSelectionFindings, selectionFindings } from './selection-findings.ts'
import { targetFindings } from './target-findings.ts'

/** Everything that is wrong with what was given to `definitions()`. Empty where nothing is. */
export function definitionsFindings(options: DefinitionsOptions): readonly Finding[] {
  const given = membersOf('assets', 'an asset', options.assets ?? [], isAssetOrMultiAsset)
  const assets = { ...given, members: eachAsset(given.members) }
  const checks = membersOf('assetChecks', 'an asset check', options.assetChecks ?? [], isAssetCheck)
  const jobs = membersOf('jobs', 'a job', options.jobs ?? [], isJob)
  const schedules = membersOf('schedules', 'a schedule', options.schedules ?? [], isSchedule)
  const sensors = membersOf('sensors', 'a sensor', options.sensors ?? [], isSensor)
  const resources = membersOf('resources', 'a resource', options.resources ?? [], isAnyResource)
  const ofAssets = assetFindings(assets.members)
  const graphs = graphsOf(assets.members, jobs.members)
  const complete = assets.findings.length + ofAssets.length === 0
  // Where an asset is no asset at all, any key or group that a job names may have been its own.
  const certain = (selection: AssetSelection): readonly Finding[] =>
    assets.findings.length > 0 ? [] : certainSelectionFindings(assets.members, selection)
  const selectionsOf = (selection: AssetSelection): readonly Finding[] =>
    complete ? selectionFindings(assets.members, selection) : certain(selection)
  return [
    ...assets.findings,
    ...checks.findings,
    ...jobs.findings,
    ...schedules.findings,
    ...sensors.findings,
    ...resources.findings,
    ...ioManagerFindings(options.ioManager),
    ...ofAssets,
    ...multiAssetFindings(assets.members),
    ...checkFindings(assets.members, checks.members),
    ...partitionFindings(assets.members, checks.members),
    ...duplicateFindings('job', jobs.members),
    ...duplicateFindings('schedule', schedules.members),
    ...duplicateFindings('sensor', sensors.members),
    ...duplicateFindings('resource', resources.members),
    ...schedules.members.flatMap((each) => targetFindings('schedule', each, jobs.members, selectionsOf)),
    ...(complete ? schedules.members.flatMap((each) => scheduleFindings(each, assets.members, jobs.members)) : []),
    ...sensors.members.flatMap((each) => targetFindings('sensor', each, jobs.members, selectionsOf)),
    ...resourceFindings(
      [
        ...assets.members.map(askingAsset),
        ...checks.members.map(askingCheck),
        ...graphs.flatMap(askingOps),
        ...schedules.members.map(askingSchedule),
        ...sensors.members.map(askingSensor),
      ],
      resources.members,
    ),
    ...graphs.flatMap(opNameFindings),
    ...stepKeyFindings(assets.members),
    ...jobs.members.flatMap((job) => (job.kind === 'graph' ? [] : jobFindings(job, selectionsOf))),
  ]
}

function isAssetOrMultiAsset(value: unknown): value is AnyAsset | MultiAsset {
  return isAsset(value) || isMultiAsset(value)
}

function isAnyResource(value: unknown): value is AnyResource | ConfiguredResource {
  return isResource(value) || isConfiguredResource(value)
}

interface Members<TMember> {
  readonly members: readonly TMember[]
  readonly findings: readonly Finding[]
}

function membersOf<TMember>(
  option: string,
  what: string,
  given: unknown,
  isMember: (value: unknown) => value is TMember,
): Members<TMember> {
  if (!Array.isArray(given)) {
    return { members: [], findings: [invalid(option, `${option} is ${described(given)}, not an array. Write ${option}: [one, another].`)] }
  }
  const list: readonly unknown[] = Array.from(given)
  return {
    members: list.filter(isMember),
    findings: list.flatMap((each, index) => (isMember(each) ? [] : [strangerFinding(`${option}[${index}]`, what, each)])),
  }
}

function strangerFinding(path: string, what: string, given: unknown): Finding {
  return invalid(path, `${path} is ${described(given)}, not ${what}.${strangerHint(given)}`)
}

function strangerHint(given: unknown): string {
  if (Array.isArray(given)) return ' Put three dots before it to add what it holds.'
  return given === undefined ? ' A module that imports itself in a circle gives undefined here, and so does a misspelt import.' : ''
}

function described(given: unknown): string {
  if (given === null || given === undefined) return String(given)
  if (Array.isArray(given)) return 'an array'
  if (typeof given === 'string') return `the text ${JSON.stringify(given)}`
  // Ops and graphs are functions of a kind.
  const kind = (given as { readonly [kindOf]?: unknown })[kindOf]
  if (typeof kind === 'string') return `of kind "${kind}"`
  return typeof given === 'object' ? 'an object' : `a ${typeof given}`
}

function ioManagerFindings(given: unknown): readonly Finding[] {
  if (given === undefined || isIOManager(given)) return []
  return [
    invalid('ioManager', `ioManager is ${described(given)}, not an IO manager. Make one with ioManager(), or take one of assetry/io.`),
  ]
}

function assetFindings(assets: readonly AnyAsset[]): readonly Finding[] {
  const keys = new Set(assets.map((asset) => asset.key))
  const distinct = [...new Set(assets)]
  return [...duplicateKeyFindings(assets), ...distinct.flatMap((asset) => upstreamFindings(asset, keys)), ...cycleFindings(distinct)]
}

function duplicateKeyFindings(assets: readonly AnyAsset[]): readonly Finding[] {
  return [...groupedBy(assets, (asset) => asset.key)].flatMap(([key, same]) => {
    if (same.length === 1) return []
    const message =
      new Set(same).size === 1
        ? `Asset "${key}" is listed ${same.length} times. List it once.`
        : `${same.length} assets have the key "${key}". Give each a key of its own; a prefix such as "raw/${key}" will do.`
    return [{ code: 'DUPLICATE_ASSET_KEY', path: `assets.${key}`, message }]
  })
}

function upstreamFindings(asset: AnyAsset, keys: ReadonlySet<AssetKey>): readonly Finding[] {
  const inputs = Object.entries(asset.inputs)
  const loaded = new Set(inputs.map(([, input]) => input.asset.key))
  const unknownInputs = inputs
    .filter(([, input]) => !keys.has(input.asset.key))
    .map(([name, input]) => unknownInput(asset, name, input.asset.key, keys))
  const unknownDeps = asset.upstreamKeys.filter((key) => !loaded.has(key) && !keys.has(key)).map((key) => unknownDep(asset, key, keys))
  return [...unknownInputs, ...unknownDeps]
}

function unknownInput(asset: AnyAsset, name: string, key: AssetKey, keys: ReadonlySet<AssetKey>): Finding {
  return {
    code: 'UNKNOWN_INPUT',
    path: `assets.${asset.key}.inputs.${name}`,
    message: `Asset "${asset.key}" reads "${key}" as its input "${name}", which is not among the assets. Add that asset to assets.${nearestText(key, keys)}`,
  }
}

function unknownDep(asset: AnyAsset, key: AssetKey, keys: ReadonlySet<AssetKey>): Finding {
  return {
    code: 'UNKNOWN_DEP',
    path: `assets.${asset.key}.deps`,
    message: `Asset "${asset.key}" depends on "${key}", which is not among the assets. Add that asset to assets, or correct the key.${nearestText(key, keys)}`,
  }
}

function cycleFindings(assets: readonly AnyAsset[]): readonly Finding[] {
  return dependencyOrder(dependencyEdges(assets).upstream).cycles.map((cycle) => ({
    code: 'ASSET_CYCLE',
    path: `assets.${cycle[0] as AssetKey}`,
    message: `Assets need each other in a circle: ${cycle.join(' → ')}. Remove one of these dependencies.`,
  }))
}

function duplicateFindings(what: string, all: readonly { readonly name: string }[]): readonly Finding[] {
  return [...groupedBy(all, (each) => each.name)].flatMap(([name, same]) =>
    same.length === 1
      ? []
      : [
          {
            code: 'DUPLICATE_NAME',
            path: `${what}s.${name}`,
            message: `${same.length} ${what}s are named "${name}". Give each a name of its own.`,
          },
        ],
  )
}

function askingAsset({ key, resources }: AnyAsset): Asker {
  return { what: 'asset', name: key, resources }
}

function askingCheck({ assetKey, name, resources }: AssetCheck): Asker {
  return { what: 'check', name: `${assetKey}:${name}`, resources }
}

function askingSchedule({ name, resources }: Schedule): Asker {
  return { what: 'schedule', name, resources }
}

function askingSensor({ name, resources }: Sensor): Asker {
  return { what: 'sensor', name, resources }
}

function jobFindings(job: AssetJob, findingsOf: (selection: AssetSelection) => readonly Finding[]): readonly Finding[] {
  return syntaxOr(job, findingsOf).map(({ code, message }) => ({
    code,
    path: `jobs.${job.name}.selection`,
    message: `Job "${job.name}": ${message}`,
  }))
}

function syntaxOr(job: AssetJob, findingsOf: (selection: AssetSelection) => readonly Finding[]): readonly Finding[] {
  try {
    return findingsOf(job.selection)
  } catch (error) {
    if (isAssetryError(error) && error.code === 'SELECTION_SYNTAX') return [error]
    throw error
  }
}

function invalid(path: string, message: string): Finding {
  return { code: 'INVALID_OPTION', path, message }
}
