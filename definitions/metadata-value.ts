import { type Branded, hasKind, kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A column of a {@link TableSchema}. */
export interface TableColumn {
  readonly name: string
  readonly type?: string
  readonly description?: string
}

/** Names and types of a table's columns. */
export interface TableSchema {
  readonly columns: readonly TableColumn[]
}

/** From which upstream columns each column comes. */
export type ColumnLineage = Readonly<Record<string, readonly { readonly asset: string; readonly column: string }[]>>

/** A metadata value as it is stored and shown: plain JSON that says what it is. */
export type MetadataEntry =
  | { readonly type: 'int' | 'float'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'text' | 'markdown' | 'url' | 'path' | 'asset' | 'run' | 'image'; readonly value: string }
  /** RFC 3339, UTC. */
  | { readonly type: 'timestamp'; readonly value: string }
  | { readonly type: 'json'; readonly value: Json }
  | { readonly type: 'null'; readonly value: null }
  | {
      readonly type: 'table'
      readonly value: { readonly columns: readonly TableColumn[]; readonly rows: readonly { readonly [column: string]: Json }[] }
    }
  | { readonly type: 'tableSchema'; readonly value: TableSchema }
  | { readonly type: 'columnLineage'; readonly value: ColumnLineage }

/** Metadata by name, as it is stored. */
export type Metadata = Readonly<Record<string, MetadataEntry>>

/** A value that says explicitly what kind of metadata it is; made by {@link MetadataValue}. */
export interface ExplicitMetadataValue extends Branded<'metadata-value'> {
  readonly entry: MetadataEntry
}

/** What may stand as a metadata value: an explicit one, or a plain value whose kind follows from itself. */
export type MetadataInput = ExplicitMetadataValue | Json | bigint | Date | URL | undefined

const explicit = (entry: MetadataEntry): ExplicitMetadataValue => ({ [kindOf]: 'metadata-value', entry })

/** Says what a metadata value is, where its JavaScript type doesn't. */
export const MetadataValue = {
  int: (value: number) => explicit({ type: 'int', value }),
  float: (value: number) => explicit({ type: 'float', value }),
  text: (value: string) => explicit({ type: 'text', value }),
  bool: (value: boolean) => explicit({ type: 'bool', value }),
  json: (value: Json) => explicit({ type: 'json', value }),
  /** Markdown; shown as such, without raw HTML. */
  markdown: (value: string) => explicit({ type: 'markdown', value }),
  url: (value: string | URL) => explicit({ type: 'url', value: typeof value === 'string' ? value : value.href }),
  path: (value: string) => explicit({ type: 'path', value }),
  /** @throws `METADATA_INVALID` for an invalid date */
  timestamp: (value: Date) => explicit({ type: 'timestamp', value: timestampOf('MetadataValue.timestamp()', value) }),
  /** A small table to look at. Columns default to the keys of the first row. */
  table: (rows: readonly { readonly [column: string]: Json }[], columns?: readonly TableColumn[]) =>
    explicit({ type: 'table', value: { columns: columns ?? Object.keys(rows[0] ?? {}).map((name) => ({ name })), rows } }),
  tableSchema: (columns: readonly TableColumn[]) => explicit({ type: 'tableSchema', value: { columns } }),
  columnLineage: (lineage: ColumnLineage) => explicit({ type: 'columnLineage', value: lineage }),
  /** Another asset, by key. */
  asset: (key: string) => explicit({ type: 'asset', value: key }),
  /** A run, by id. */
  run: (id: string) => explicit({ type: 'run', value: id }),
  /** The address of an image. */
  image: (url: string) => explicit({ type: 'image', value: url }),
} as const

/** Most bytes of JSON that the metadata of one materialization may have: 512 KiB. Larger things belong in the asset's value. */
export const maximumMetadataBytes = 512 * 1024

/**
 * Turns what a user gave as metadata into what is stored.
 *
 * @param owner - whose metadata it is, for the error's text
 * @throws `METADATA_INVALID` naming the entry that can't be stored, or the size that is too large
 */
export function metadataOf(owner: string, given: Readonly<Record<string, MetadataInput>>): Metadata {
  const entries: Record<string, MetadataEntry> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) entries[name] = entryOf(owner, name, value)
  }
  const bytes = JSON.stringify(entries).length
  if (bytes > maximumMetadataBytes) {
    throw new AssetryError(
      'METADATA_INVALID',
      `${owner} reports ${bytes} bytes of metadata, more than ${maximumMetadataBytes}. Return large things as the asset's value and keep metadata to what people read.`,
      { facts: { owner, bytes } },
    )
  }
  return entries
}

function entryOf(owner: string, name: string, value: Exclude<MetadataInput, undefined>): MetadataEntry {
  const refuse = (what: string): AssetryError => refused(`${owner}: metadata "${name}"`, what)
  if (hasKind(value, 'metadata-value')) return checked(value.entry, refuse)
  if (value === null) return { type: 'null', value }
  switch (typeof value) {
    case 'boolean':
      return { type: 'bool', value }
    case 'string':
      return { type: 'text', value }
    case 'number':
      // No JSON has a word for NaN and the infinities, and none is worth losing the data for.
      if (!Number.isFinite(value)) return { type: 'text', value: String(value) }
      return { type: Number.isInteger(value) ? 'int' : 'float', value }
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? { type: 'int', value: Number(value) } : { type: 'text', value: String(value) }
    case 'object':
      return objectEntry(value, refuse)
    default:
      throw refuse(`a ${typeof value}`)
  }
}

function objectEntry(value: object, refuse: (what: string) => AssetryError): MetadataEntry {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse('an invalid date')
    return { type: 'timestamp', value: value.toISOString() }
  }
  if (isUrl(value)) return { type: 'url', value: value.href }
  return checked({ type: 'json', value: value as Json }, refuse)
}

function isUrl(value: object): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]'
}

function timestampOf(what: string, value: Date): string {
  if (Number.isNaN(value.getTime())) throw refused(what, 'an invalid date')
  return value.toISOString()
}

function refused(subject: string, what: string): AssetryError {
  return new AssetryError(
    'METADATA_INVALID',
    `${subject} is ${what}, which can't be stored. Use a number, string, boolean, date, URL, plain JSON or MetadataValue.`,
    { facts: { subject } },
  )
}

function checked(entry: MetadataEntry, refuse: (what: string) => AssetryError): MetadataEntry {
  const found = entry.type === 'int' && !Number.isInteger(entry.value) ? `the int ${entry.value}` : unstorable(entry.value, new Set())
  if (found !== undefined) throw refuse(found)
  return entry
}

/** What in a value is no JSON, in words. `around`: the objects it is part of. */
function unstorable(value: unknown, around: Set<unknown>): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value)
  if (value === undefined) return 'undefined within an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (around.has(value)) return 'an object that holds itself'
  if (!Array.isArray(value) && !isPlainObject(value)) return `a ${value.constructor.name}`
  around.add(value)
  // JSON leaves undefined out of an object, and would turn it into null in an array.
  const found = firstOf(Array.isArray(value) ? Array.from(value) : Object.values(value).filter((item) => item !== undefined), around)
  around.delete(value)
  return found
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function firstOf(values: readonly unknown[], around: Set<unknown>): string | undefined {
  for (const value of values) {
    const found = unstorable(value, around)
    if (found !== undefined) return found
  }
  return undefined
}
