import type { AnyAsset } from './asset.ts'
import type { AssetCheck } from './asset-check.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import { definitionsFindings } from './definitions-findings.ts'
import { errorOfFindings } from './errors.ts'
import type { IOManager } from './io-manager.ts'
import type { Job } from './job.ts'
import { eachAsset, type MultiAsset } from './multi-asset.ts'
import type { Schedule } from './schedule.ts'
import type { Sensor } from './sensor.ts'
import { type AnyResource, type ConfiguredResource, isConfiguredResource } from './resource.ts'

/** What {@link definitions} takes. */
export interface DefinitionsOptions {
  /** All assets, also those that others only read. A multi-asset stands for each asset that it makes. @default none */
  readonly assets?: readonly (AnyAsset | MultiAsset)[]
  /** Checks that are steps of their own. Those that assets declare themselves are known by their assets. */
  readonly assetChecks?: readonly AssetCheck[]
  readonly jobs?: readonly Job[]
  /** What starts runs at times that are known before. */
  readonly schedules?: readonly Schedule[]
  /** What looks, or is told, and starts runs. */
  readonly sensors?: readonly Sensor[]
  /** Every resource that an asset or an op asks for: as it is, or with its config. */
  readonly resources?: readonly (AnyResource | ConfiguredResource)[]
  /** Stores the value of each asset that names no IO manager of its own. @default files under `.assetry/storage` */
  readonly ioManager?: IOManager
}

/** Everything a project declares, checked. */
export interface Definitions extends Branded<'definitions'> {
  /** Those of multi-assets one by one, where the multi-asset stood. */
  readonly assets: readonly AnyAsset[]
  readonly assetChecks: readonly AssetCheck[]
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
  readonly sensors: readonly Sensor[]
  /** By name. Without a prototype, so that a name such as `constructor` finds nothing that isn't there. */
  readonly resources: Readonly<Record<string, ConfiguredResource>>
  readonly ioManager: IOManager | undefined
}

/**
 * Brings together what a project declares. The default export of a definitions file.
 *
 * @example
 * ```ts
 * export default definitions({ assets: [rawData, highScorers], resources: [duckdb.configure({ path: env('DUCKDB_PATH') })] })
 * ```
 * @throws `DEFINITIONS_INVALID` with everything that is wrong, each finding with its own code: `DUPLICATE_ASSET_KEY`,
 * `DUPLICATE_NAME`, `UNKNOWN_INPUT`, `UNKNOWN_DEP`, `ASSET_CYCLE`, `MISSING_RESOURCE`, `SELECTION_SYNTAX`, `UNKNOWN_ASSET`,
 * `EMPTY_SELECTION`, `UNKNOWN_JOB`, `NOT_PARTITIONED`, `PARTITIONS_DIFFER`, `INVALID_OPTION`
 */
export function definitions(options: DefinitionsOptions): Definitions {
  const error = errorOfFindings('DEFINITIONS_INVALID', 'The definitions are not valid', definitionsFindings(options))
  if (error !== undefined) throw error
  return {
    [kindOf]: 'definitions',
    assets: eachAsset(options.assets ?? []),
    assetChecks: [...(options.assetChecks ?? [])],
    jobs: [...(options.jobs ?? [])],
    schedules: [...(options.schedules ?? [])],
    sensors: [...(options.sensors ?? [])],
    resources: resourcesByName(options.resources ?? []),
    ioManager: options.ioManager,
  }
}

export function isDefinitions(value: unknown): value is Definitions {
  return hasKind(value, 'definitions')
}

function resourcesByName(given: readonly (AnyResource | ConfiguredResource)[]): Readonly<Record<string, ConfiguredResource>> {
  const byName = Object.create(null) as Record<string, ConfiguredResource>
  for (const each of given) byName[each.name] = configured(each)
  return byName
}

function configured(given: AnyResource | ConfiguredResource): ConfiguredResource {
  if (isConfiguredResource(given)) return given
  return { [kindOf]: 'configured-resource', name: given.name, resource: given, config: undefined }
}
