import { type AssetSelection, isAssetSelection, parseSelection } from './asset-selection.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import type { RunConfig } from './config.ts'
import { AssetryError } from './errors.ts'
import { definitionName } from './name.ts'
import { type Tags, tagsOf } from './tags.ts'

/** What {@link assetJob} takes. */
export interface AssetJobOptions {
  readonly name: string
  /** The assets it materializes: `'group:reports'`, or an `AssetSelection`. */
  readonly selection: string | AssetSelection
  readonly description?: string
  /** Given to each of its runs. */
  readonly tags?: Tags
  /** The config of its runs, where a run brings none of its own. */
  readonly runConfig?: RunConfig
}

/** A named selection of assets to be materialized together. */
export interface Job extends Branded<'job'> {
  readonly name: string
  readonly description: string | undefined
  readonly tags: Tags
  /** @throws `SELECTION_SYNTAX` where its text can't be read; `definitions()` reports that beside everything else */
  readonly selection: AssetSelection
  readonly runConfig: RunConfig
}

/**
 * Declares a job that materializes a selection of assets.
 *
 * @example
 * ```ts
 * const nightly = assetJob({ name: 'nightly', selection: 'group:reports and not tag:slow' })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`. A selection that can't be read is a finding of `definitions()`
 */
export function assetJob(options: AssetJobOptions): Job {
  const name = definitionName('job', options.name)
  const given = selectionOption(name, options.selection)
  let parsed: AssetSelection | undefined
  return {
    [kindOf]: 'job',
    name,
    description: options.description,
    tags: tagsOf(`job "${name}"`, options.tags ?? {}),
    get selection() {
      parsed ??= typeof given === 'string' ? parseSelection(given) : given
      return parsed
    },
    runConfig: options.runConfig ?? {},
  }
}

export function isJob(value: unknown): value is Job {
  return hasKind(value, 'job')
}

function selectionOption(job: string, selection: string | AssetSelection): string | AssetSelection {
  if (typeof selection === 'string' || isAssetSelection(selection)) return selection
  throw new AssetryError(
    'INVALID_OPTION',
    `job "${job}": selection is neither a text such as 'group:reports' nor an AssetSelection. For single assets use AssetSelection.keys(asset).`,
    { facts: { job } },
  )
}
