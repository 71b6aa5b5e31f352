import type { UnstorablePart } from './value-check.ts'
import { propertyPath } from './value-check.ts'
import type { Column, ColumnKind } from './row-columns.ts'
import type { SqlKind } from './sql-dialect.ts'

/** PostgreSQL's name for the type of a column of rows. */
export function postgresType({ kind, isNarrow }: Column): string {
  if (kind === 'integer' && isNarrow) return 'integer'
  return kind === undefined ? 'text' : typesOfKinds[kind]
}

const typesOfKinds: Readonly<Record<ColumnKind, string>> = {
  boolean: 'boolean',
  integer: 'bigint',
  bigint: 'bigint',
  number: 'double precision',
  text: 'text',
  date: 'timestamp with time zone',
  bytes: 'bytea',
  json: 'jsonb',
}

/** What a type holds, by PostgreSQL's name for it. Undefined for types that columns of rows don't get. */
export function postgresKind(type: string): SqlKind | undefined {
  return kindsOfTypes[type]
}

const kindsOfTypes: Readonly<Record<string, SqlKind>> = {
  boolean: { kind: 'boolean', isNarrow: true },
  integer: { kind: 'integer', isNarrow: true },
  bigint: { kind: 'bigint', isNarrow: false },
  'double precision': { kind: 'number', isNarrow: true },
  text: { kind: 'text', isNarrow: true },
  'timestamp with time zone': { kind: 'date', isNarrow: true },
  bytea: { kind: 'bytes', isNarrow: true },
  jsonb: { kind: 'json', isNarrow: true },
}

/** A value that is not null, as a member of an array parameter. */
export function postgresMember(kind: ColumnKind | undefined, value: unknown): string | Buffer {
  switch (kind) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'date':
      return timestamp(value as Date)
    case 'bytes': {
      const { buffer, byteOffset, byteLength } = value as Uint8Array
      return Buffer.from(buffer, byteOffset, byteLength)
    }
    case 'json':
      return JSON.stringify(value)
    default:
      return String(value)
  }
}

/** ISO 8601 has a sign for years before 1 and after 9999, where PostgreSQL has "BC" and more digits. */
function timestamp(date: Date): string {
  const year = date.getUTCFullYear()
  const iso = date.toISOString()
  if (year >= 1 && year <= 9_999) return iso
  const rest = iso.slice(iso.indexOf('-', 1))
  return year < 1 ? `${String(1 - year).padStart(4, '0')}${rest} BC` : `${year}${rest}`
}

/** PostgreSQL keeps no NUL in a text, and no half of a surrogate pair in JSON. */
export function unstorableText(value: unknown, path: string): UnstorablePart | undefined {
  if (typeof value === 'string') return unstorableString(value, path)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, part] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}${propertyPath(key)}`
    const found = unstorableString(key, at) ?? unstorableText(part, at)
    if (found !== undefined) return found
  }
  return undefined
}

function unstorableString(text: string, path: string): UnstorablePart | undefined {
  if (text.includes('\0')) return { path, what: 'a text with a NUL character, which PostgreSQL does not keep' }
  return /\p{Surrogate}/u.test(text) ? { path, what: 'a text with half of a surrogate pair' } : undefined
}
