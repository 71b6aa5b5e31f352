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

/** An entry of the asset's latest materialization, else of its latest observation. */
export function latestEntry(context: CheckContext, name: string): MetadataEntry | undefined {
  return context.latestMaterialization?.metadata[name] ?? context.latestObservation?.metadata[name]
}
