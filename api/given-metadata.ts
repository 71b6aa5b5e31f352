import { kindOf } from '../definitions/brand.ts'
import { AssetryError } from '../definitions/errors.ts'
import { type ExplicitMetadataValue, type Metadata, type MetadataInput, metadataOf } from '../definitions/metadata-value.ts'
import type { GivenMetadata } from './contract/asset-event.ts'
import { type Json, MetadataEntry } from './contract/metadata-value.ts'

/**
 * Metadata that a request brings, as it is stored: by the same rules as what an asset's function reports.
 *
 * @param owner - whose metadata it is, for the error's text
 * @throws `METADATA_INVALID` for an entry whose value is not of the kind that it says, for a kind that there isn't, and for too much
 */
export function givenMetadata(owner: string, given: GivenMetadata = {}): Metadata {
  return metadataOf(owner, Object.fromEntries(Object.entries(given).map(([name, value]) => [name, inputOf(owner, name, value)])))
}

function inputOf(owner: string, name: string, value: Json): MetadataInput {
  return isTyped(value) ? explicit(owner, name, value) : value
}

/** Nobody means an object with just these two to be a plain value: a kind that is misspelt must not pass as one. */
function isTyped(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return typeof value['type'] === 'string' && 'value' in value && Object.keys(value).length === 2
}

function explicit(owner: string, name: string, value: Json): ExplicitMetadataValue {
  const parsed = MetadataEntry.safeParse(value)
  // What was parsed from JSON holds no undefined, which is all that keeps the types apart.
  if (parsed.success) return { [kindOf]: 'metadata-value', entry: parsed.data as ExplicitMetadataValue['entry'] }
  throw new AssetryError(
    'METADATA_INVALID',
    `${owner}: metadata "${name}" is ${JSON.stringify(value)}, which is no entry with a known type and a value of it. ` +
      `Types are ${kinds.join(', ')}; to keep the object itself, give { "type": "json", "value": … }.`,
    { facts: { owner, name } },
  )
}

const kinds: readonly string[] = MetadataEntry.options.map((option) => option.shape.type.value)
