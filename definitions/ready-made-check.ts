import type { AssetCheck } from './asset-check.ts'
import type { CheckContext } from './check-context.ts'
import type { CheckFacts, CheckOptions, CheckSeverity } from './check-spec.ts'
import type { MetadataEntry } from './metadata-value.ts'

/** What every ready-made check takes beside what it looks for. */
export interface ReadyMadeCheckOptions extends CheckOptions {
  /** Unique among the checks of its asset. @default the kind of the check, such as `row_count` */
  readonly name?: string
  /** How bad it is when it does not pass. @default 'ERROR' */
  readonly severity?: CheckSeverity
}

/** A ready-made check: it says more than whether it passed. */
export type ReadyMadeCheck = AssetCheck<(inputs: Readonly<Record<string, unknown>>, context?: CheckContext<undefined>) => CheckFacts>

/** The name, description and blocking of a ready-made check, for `assetCheck()`. */
export function readyMadeOptions(kind: string, options: ReadyMadeCheckOptions): { readonly name: string } & CheckOptions {
  return {
    name: options.name ?? kind,
    ...(options.description !== undefined && { description: options.description }),
    ...(options.blocking !== undefined && { blocking: options.blocking }),
  }
}

/**
 * An entry of the asset's latest materialization, else of its latest observation.
 *
 * @param type - which type of metadata it must have
 * @returns what there is instead, in words, where it isn't there
 */
export function latestEntry<TType extends MetadataEntry['type']>(
  context: CheckContext,
  name: string,
  type: TType,
): (MetadataEntry & { readonly type: TType }) | string {
  const { assetKey, latestMaterialization, latestObservation } = context
  if (latestMaterialization === undefined && latestObservation === undefined) return `"${assetKey}" was never materialized or observed`
  const entry = latestMaterialization?.metadata[name] ?? latestObservation?.metadata[name]
  if (entry?.type === type) return entry as MetadataEntry & { readonly type: TType }
  const which = latestMaterialization === undefined ? 'observation' : 'materialization'
  return `The latest ${which} of "${assetKey}" has ${entry === undefined ? 'no ' : ''}metadata "${name}"${entry === undefined ? '' : ` of type ${entry.type}`}`
}
