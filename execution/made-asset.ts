import type { AnyAsset } from '../definitions/asset.ts'
import type { CheckOutcome } from '../definitions/check-spec.ts'
import { type Metadata, metadataOf, type MetadataInput } from '../definitions/metadata-value.ts'
import { isOutput, type OutputFacts } from '../definitions/output.ts'
import { isStream } from '../definitions/stream.ts'
import { savedStream, saveAsset } from './asset-values.ts'
import { reportedChecks } from './check-evaluation.ts'
import { codeVersionOf } from './code-version.ts'
import { derivedDataVersion } from './data-version.ts'
import type { InputVersions } from './input-versions.ts'
import type { StepHost } from './step-host.ts'
import type { EvaluatedCheck, MadeAsset } from './step-outcome.ts'

/** What a function gave for an asset, before it is saved. */
export interface GivenValue {
  readonly returned: unknown
  /** What `context.addMetadata` got for it. */
  readonly added: Record<string, MetadataInput>
  /** What `context.reportCheck` got for it. */
  readonly checks: Readonly<Record<string, CheckOutcome>>
  /** Data versions of its upstream assets, as they were before they were loaded. */
  readonly inputVersions: InputVersions
}

/** An asset with what its checks said. */
export interface MadeAndChecked {
  readonly made: MadeAsset
  readonly checks: readonly EvaluatedCheck[]
}

/** Saves what a function gave for an asset. What is wrong with its metadata or checks is said before anything is stored. */
export async function madeAsset(host: StepHost, asset: AnyAsset, given: GivenValue): Promise<MadeAndChecked> {
  const { value, facts } = unwrapped(given.returned)
  const byManager: Record<string, MetadataInput> = {}
  // Taken again at the end: a stream's function may go on adding to it while its items are saved.
  const metadata = (): Metadata => metadataOf(`asset "${asset.key}"`, { ...given.added, ...byManager, ...facts.metadata })
  metadata()
  const checks = reportedChecks(asset, { ...given.checks, ...facts.checks })
  await saveAsset(host, asset, value, byManager)
  const { inputVersions } = given
  const made: MadeAsset = {
    assetKey: asset.key,
    value: isStream(value) ? savedStream(host, asset) : value,
    metadata: metadata(),
    tags: facts.tags ?? {},
    codeVersion: codeVersionOf(asset),
    dataVersion: facts.dataVersion ?? derivedDataVersion(host.run.id, asset, inputVersions),
    inputVersions,
  }
  return { made, checks }
}

/**
 * Refuses what is wrong with what was said of an asset. A step that makes several asks for each before it saves the first.
 *
 * @throws `METADATA_INVALID`, and what {@link reportedChecks} throws
 */
export function refuseWrongFacts(asset: AnyAsset, { returned, added, checks }: Omit<GivenValue, 'inputVersions'>): void {
  const { facts } = unwrapped(returned)
  metadataOf(`asset "${asset.key}"`, { ...added, ...facts.metadata })
  reportedChecks(asset, { ...checks, ...facts.checks })
}

/** A returned value apart from what was said of it. */
export function unwrapped(returned: unknown): { readonly value: unknown; readonly facts: OutputFacts } {
  return isOutput(returned) ? { value: returned.value, facts: returned } : { value: returned, facts: {} }
}
