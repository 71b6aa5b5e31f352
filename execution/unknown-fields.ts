import { isDeepStrictEqual } from 'node:util'
import type { ConfigSchema } from '../definitions/config.ts'
import { inputJsonSchemaOf } from '../planning/config-snapshot.ts'

/** A field of a config that its schema doesn't have. */
export interface UnknownField {
  /** Where it stands below the config: names, and indices of arrays. */
  readonly path: readonly (string | number)[]
  /** The fields that there are in its place. */
  readonly known: readonly string[]
  /** Whether the schema itself refuses other fields, and so reports this one too. */
  readonly refusedBySchema: boolean
}

type JsonObject = Readonly<Record<string, unknown>>

const jsonSchemas = new WeakMap<ConfigSchema, unknown>()

/**
 * Fields that most schemas drop without a word, which makes a misspelt one look as if it were set. Known from the JSON
 * Schema of what may be given: a schema that has none, and places where it allows more or is a union, are let be.
 */
export function unknownFields(schema: ConfigSchema, value: unknown): readonly UnknownField[] {
  const root = jsonSchemas.get(schema) ?? inputJsonSchemaOf(schema)
  jsonSchemas.set(schema, root)
  return fieldsIn({ root, path: [] }, root, value)
}

/**
 * Whether the schema makes the same of the value without these fields. One that renames or keeps them, in a preprocessing
 * step of its own say, does not, whatever its JSON Schema tells.
 */
export async function areIgnored(schema: ConfigSchema, value: unknown, fields: readonly UnknownField[], made: unknown): Promise<boolean> {
  const result = await schema['~standard'].validate(without(value, new Set(fields.map(({ path }) => JSON.stringify(path))), []))
  return result.issues === undefined && isDeepStrictEqual(result.value, made)
}

interface Place {
  readonly root: unknown
  readonly path: readonly (string | number)[]
}

function fieldsIn(place: Place, given: unknown, value: unknown): readonly UnknownField[] {
  const schema = referred(place.root, given)
  if (schema === undefined || ['anyOf', 'oneOf', 'allOf'].some((union) => union in schema)) return []
  const below = (key: string | number): Place => ({ root: place.root, path: [...place.path, key] })
  if (Array.isArray(value)) return value.flatMap((item, index) => fieldsIn(below(index), schema['items'], item))
  return isObject(value) ? [...ownFields(place, schema, value), ...innerFields(below, schema, value)] : []
}

function ownFields(place: Place, schema: JsonObject, value: JsonObject): readonly UnknownField[] {
  const { properties, additionalProperties = false, patternProperties } = schema
  if (!isObject(properties) || additionalProperties !== false || patternProperties !== undefined) return []
  const known = Object.keys(properties)
  const refusedBySchema = schema['additionalProperties'] === false
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: [...place.path, key], known, refusedBySchema }))
}

function innerFields(below: (key: string) => Place, schema: JsonObject, value: JsonObject): readonly UnknownField[] {
  const { properties, additionalProperties } = schema
  return Object.entries(value).flatMap(([key, item]) => {
    const own = isObject(properties) && Object.hasOwn(properties, key)
    return fieldsIn(below(key), own ? properties[key] : additionalProperties, item)
  })
}

/** The schema itself, or what it refers to in its own document. */
function referred(root: unknown, schema: unknown): JsonObject | undefined {
  if (!isObject(schema)) return undefined
  const reference = schema['$ref']
  if (reference === undefined) return schema
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  const names = reference.split('/').slice(1)
  const found = names.reduce<unknown>((at, name) => (isObject(at) ? at[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), root)
  return isObject(found) && !('$ref' in found) ? found : undefined
}

function without(value: unknown, paths: ReadonlySet<string>, at: readonly (string | number)[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => without(item, paths, [...at, index]))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => !paths.has(JSON.stringify([...at, key])))
  return Object.fromEntries(kept.map(([key, item]) => [key, without(item, paths, [...at, key])]))
}

/** A plain object, as JSON has them; not a date or a client that stands in a config. */
function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
