import { type Json, type MetadataInput, MetadataValue, type TableColumn } from '../../definitions/metadata-value.ts'
import type { JsonObject } from './pipes-message.ts'

/**
 * Metadata that a program reported as ours. What is not of the type that it names is kept as what it is: metadata is for
 * people, and no reason to fail a step whose data is made.
 */
export function metadataOfPipes(reported: JsonObject): Readonly<Record<string, MetadataInput>> {
  return Object.fromEntries(Object.entries(reported).map(([name, value]) => [name, metadataInput(value)]))
}

function metadataInput(reported: Json): MetadataInput {
  if (!isObject(reported) || typeof reported['type'] !== 'string' || !('raw_value' in reported)) return reported
  const raw = reported['raw_value'] ?? null
  return typedValue(reported['type'], raw) ?? raw
}

/** Undefined where the type is to be inferred, is not known, or is not that of the value. */
function typedValue(type: string, raw: Json): MetadataInput {
  switch (type) {
    case 'json':
      return MetadataValue.json(raw)
    case 'table':
      return isObject(raw) ? tableOf(raw) : undefined
    case 'table_schema':
      return isObject(raw) && Array.isArray(raw['columns']) ? MetadataValue.tableSchema(columnsOf(raw['columns'])) : undefined
    case 'table_column_lineage':
      return isObject(raw) && isObject(raw['deps_by_column']) ? lineageOf(raw['deps_by_column']) : undefined
    default:
      if (typeof raw === 'string') return textValue(type, raw)
      return typeof raw === 'number' ? numberValue(type, raw) : undefined
  }
}

function textValue(type: string, raw: string): MetadataInput {
  switch (type) {
    case 'url':
      return MetadataValue.url(raw)
    case 'path':
    case 'notebook':
      return MetadataValue.path(raw)
    case 'md':
      return MetadataValue.markdown(raw)
    case 'dagster_run':
      return MetadataValue.run(raw)
    case 'asset':
      return MetadataValue.asset(raw)
    default:
      return undefined
  }
}

function numberValue(type: string, raw: number): MetadataInput {
  if (type === 'float') return MetadataValue.float(raw)
  // Seconds since 1970, as Python's `datetime.timestamp()` gives them. Outside of what a date can be it stays a number.
  if (type === 'timestamp' && Math.abs(raw) <= 8_640_000_000_000) return MetadataValue.timestamp(new Date(raw * 1_000))
  return undefined
}

/** Dagster's table: records, and a list of columns. */
function tableOf({ records, schema }: JsonObject): MetadataInput {
  if (!Array.isArray(records) || !records.every(isObject)) return undefined
  return Array.isArray(schema) ? MetadataValue.table(records, columnsOf(schema)) : MetadataValue.table(records)
}

function columnsOf(columns: readonly Json[]): readonly TableColumn[] {
  return columns.filter(isObject).map(({ name, type, description }) => ({
    name: textOf(name),
    ...(typeof type === 'string' && { type }),
    ...(typeof description === 'string' && { description }),
  }))
}

function lineageOf(columns: JsonObject): MetadataInput {
  const lineage = Object.entries(columns).map(([column, deps]) => {
    const sources = Array.isArray(deps) ? deps.filter(isObject) : []
    return [column, sources.map((dep) => ({ asset: keyOf(dep['asset_key']), column: textOf(dep['column_name']) }))] as const
  })
  return MetadataValue.columnLineage(Object.fromEntries(lineage))
}

/** An asset key as Python code writes it: text, or its parts. */
function keyOf(given: Json | undefined): string {
  return Array.isArray(given) ? given.map(textOf).join('/') : textOf(given)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
