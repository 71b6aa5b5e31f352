import type { StandardJSONSchemaV1 } from '@standard-schema/spec'
import type { ConfigSchema } from '../definitions/config.ts'
import type { Json } from '../definitions/metadata-value.ts'
import type { AssetSnapshot } from './snapshot.ts'

/** What can be written down about a config schema. */
export async function configSnapshotOf(schema: ConfigSchema | undefined): Promise<AssetSnapshot['config']> {
  if (schema === undefined) return null
  return { acceptsNone: (await accepts(schema, {})) || (await accepts(schema, undefined)), jsonSchema: inputJsonSchemaOf(schema) }
}

/** A schema that throws instead of reporting issues accepts nothing. */
async function accepts(schema: ConfigSchema, value: unknown): Promise<boolean> {
  try {
    return (await schema['~standard'].validate(value)).issues === undefined
  } catch {
    return false
  }
}

/** The schema of what may be given, in JSON Schema 2020-12; null where the library or the schema can't say it so. */
export function inputJsonSchemaOf(schema: ConfigSchema): Json | null {
  const { jsonSchema } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>
  if (jsonSchema === undefined) return null
  try {
    return JSON.parse(JSON.stringify(jsonSchema.input({ target: 'draft-2020-12' }))) as Json
  } catch {
    return null
  }
}
