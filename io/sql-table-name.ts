import { keyParts } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { StoredValue } from '../definitions/io-manager.ts'

/** Where a table is in a database. */
export interface TableName {
  /** Undefined: that of the connection. */
  readonly catalog?: string
  readonly schema: string
  readonly table: string
}

/** What a database allows for names. */
export interface NamingRules {
  /** Schema of assets whose key has one part. */
  readonly defaultSchema: string
  /** Longest name, in bytes. */
  readonly longestName: number
  /** Schemas that are not for users' tables. */
  readonly reservedSchemas: readonly string[]
}

/**
 * The table of an asset: its last key part, in the schema of the parts before.
 *
 * @throws `STORAGE_PATH_REFUSED` where another asset could have the same table, or no table can have the name
 */
export function tableNameOf(value: StoredValue, { defaultSchema, longestName, reservedSchemas }: NamingRules): TableName {
  const parts = keyParts(value.assetKey)
  const table = parts.at(-1) ?? ''
  const given = parts.slice(0, -1).join('/')
  const schema = given === '' ? defaultSchema : given
  if (given.toLowerCase() === defaultSchema.toLowerCase()) {
    throw tableRefused(value, `the schema "${given}" is that of assets whose key has one part, such as "${table}"`)
  }
  if (reservedSchemas.includes(schema.toLowerCase())) throw tableRefused(value, `the schema "${schema}" belongs to the database`)
  for (const name of [schema, table]) {
    if (Buffer.byteLength(name) > longestName) throw tableRefused(value, `"${name}" is longer than ${longestName} bytes`)
  }
  return { schema, table }
}

/** A name as SQL takes it, whatever it has in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL takes it. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The error for a table that an asset can't have. */
export function tableRefused(value: StoredValue, why: string): AssetryError {
  return new AssetryError('STORAGE_PATH_REFUSED', `Asset "${value.assetKey}" can't be stored in a table: ${why}. Rename the asset.`, {
    facts: { assetKey: value.assetKey, why },
  })
}
