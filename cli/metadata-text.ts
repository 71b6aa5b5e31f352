import type { MetadataEntry as WireEntry } from '../client/index.ts'
import type { MetadataEntry as RecordedEntry } from '../definitions/metadata-value.ts'
import { oneLine } from './text.ts'

/** Metadata as it comes over HTTP, or as it was made in this process. */
export type ShownMetadata = Readonly<Record<string, WireEntry | RecordedEntry>>

/** Metadata keys under which an asset reports how many rows it has. */
const rowKeys = ['rows', 'row_count', 'rowCount'] as const

/** Digits in groups of three, whatever the machine's language: `12,345`. */
const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 })

/** A number as people read it. */
export function numberText(value: number): string {
  return numbers.format(value)
}

/** The number of rows an asset reported; empty where it reported none. */
export function rowsText(metadata: ShownMetadata): string {
  const entry = rowKeys.map((key) => metadata[key]).find((found) => found !== undefined)
  return entry !== undefined && (entry.type === 'int' || entry.type === 'float') ? numberText(entry.value) : ''
}

/**
 * The metadata that fits one line: short values as `name: value`, what is long by its kind. Rows have a column of their
 * own, and paths, which every file-based IO manager reports, are only read where there is room: on an asset's page.
 */
export function highlights(metadata: ShownMetadata): string {
  return Object.entries(metadata)
    .filter(([name, entry]) => !(rowKeys as readonly string[]).includes(name) && entry.type !== 'path')
    .sort(([one], [other]) => Number(one === sizeKey) - Number(other === sizeKey))
    .map(([name, entry]) => (name === sizeKey ? sizeText(entry) : labelled(name, entryText(entry))))
    .filter((text) => text !== '')
    .join('  ')
}

/** Under this key the file-based IO managers report how large the file is. */
const sizeKey = 'bytes'

/** Every entry as `name: value`, in full: what a failure says of itself is not cut. */
export function wholeEntries(metadata: ShownMetadata): readonly string[] {
  return Object.entries(metadata)
    .map(([name, entry]) => labelled(name, entryText(entry, Infinity)))
    .filter((text) => text !== '')
}

const sizeUnits = ['B', 'KB', 'MB', 'GB', 'TB'] as const

function sizeText(entry: WireEntry | RecordedEntry): string {
  if (entry.type !== 'int') return entryText(entry)
  const power = Math.min(sizeUnits.length - 1, Math.floor(Math.log2(Math.max(1, entry.value)) / 10))
  return `${(entry.value / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${sizeUnits[power]}`
}

function labelled(name: string, text: string): string {
  return text === '' ? '' : `${name}: ${text}`
}

const longestText = 40

function entryText(entry: WireEntry | RecordedEntry, longest = longestText): string {
  switch (entry.type) {
    case 'int':
    case 'float':
      return numberText(entry.value)
    case 'bool':
      return entry.value ? 'yes' : 'no'
    case 'null':
      return ''
    case 'text':
    case 'path':
    case 'url':
    case 'asset':
    case 'run':
    case 'timestamp':
      return short(entry.value, longest)
    case 'markdown':
      return short(entry.value.replace(/[#*_`|]/g, ''), longest)
    case 'table':
      return `${entry.value.rows.length} × ${entry.value.columns.length} table`
    case 'tableSchema':
      return `${entry.value.columns.length} columns`
    case 'columnLineage':
      return `${Object.keys(entry.value).length} columns`
    case 'image':
      return 'image'
    case 'json':
      return short(JSON.stringify(entry.value), longest)
  }
}

function short(text: string, longest: number): string {
  const line = oneLine(text)
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}

/** A number with its noun: `1 asset`, `2 assets`. */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}
