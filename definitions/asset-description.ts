import { AssetryError } from './errors.ts'
import { type FreshnessPolicy, freshnessOption, type FreshnessPolicySpec } from './freshness-policy.ts'
import { type Metadata, type MetadataInput, metadataOf } from './metadata-value.ts'
import { type Tags, tagsOf } from './tags.ts'

/** What is said about an asset for people and selections, however its data comes to be. */
export interface AssetDescription {
  /** Where it is shown. Groups nest by `/`. @default 'default' */
  readonly group?: string
  readonly description?: string
  /** E-mail addresses, or `team:name`. */
  readonly owners?: readonly string[]
  readonly tags?: Tags
  /** What it is made with or of: `duckdb`, `csv`. At most ten. */
  readonly kinds?: readonly string[]
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  /** How old its data may be: `FreshnessPolicy.timeWindow({ failWindow: '1 day' })`. @default it may be of any age */
  readonly freshness?: FreshnessPolicy
}

/** An {@link AssetDescription} that was checked, with its defaults filled in. */
export interface DescribedAsset {
  readonly group: string
  readonly description: string | undefined
  readonly owners: readonly string[]
  readonly tags: Tags
  readonly kinds: readonly string[]
  readonly metadata: Metadata
  /** How old its data may be; undefined where nothing is said of it. */
  readonly freshness: FreshnessPolicySpec | undefined
}

/**
 * Checks what is said about an asset.
 *
 * @param owner - the asset, for the error's text
 * @throws `INVALID_OPTION`, `METADATA_INVALID`
 */
export function describedAsset(owner: string, options: AssetDescription): DescribedAsset {
  return {
    group: groupOf(owner, options.group),
    description: options.description,
    owners: (options.owners ?? []).map((name) => ownerOf(owner, name)),
    tags: tagsOf(owner, options.tags ?? {}),
    kinds: kindsOf(owner, options.kinds ?? []),
    metadata: metadataOf(owner, options.metadata ?? {}),
    freshness: freshnessOption(owner, options.freshness),
  }
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}

function groupOf(owner: string, group = 'default'): string {
  if (/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(group)) return group
  throw refused(owner, `group is ${JSON.stringify(group)}. Use words of letters, digits, "_" and "-", nested by "/".`)
}

/** An e-mail address or a team, checked. @throws `INVALID_OPTION` */
export function ownerOf(owner: string, name: string): string {
  if (/^team:\S+$/.test(name) || /^[^\s@]+@[^\s@]+$/.test(name)) return name
  throw refused(owner, `owner ${JSON.stringify(name)} is neither an e-mail address nor "team:name".`)
}

function kindsOf(owner: string, kinds: readonly string[]): readonly string[] {
  if (kinds.length > 10) throw refused(owner, `has ${kinds.length} kinds; ten are the most that can be shown.`)
  return [...kinds]
}
