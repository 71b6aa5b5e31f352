import type { AnyAsset, OutputOf } from './asset.ts'
import { assetCheck, type Checkable } from './asset-check.ts'
import type { CheckContext } from './check-context.ts'
import type { CheckFacts } from './check-spec.ts'
import { AssetryError } from './errors.ts'
import { MetadataValue } from './metadata-value.ts'
import { listed } from './nearest.ts'
import { latestEntry, type ReadyMadeCheck, type ReadyMadeCheckOptions, readyMadeOptions } from './ready-made-check.ts'
import { type ColumnProblem, columnTypes, type RowColumn, rowProblems } from './row-columns.ts'

/** Columns of loaded rows. */
interface RowsSchema {
  /** Type of each column, or `{ type, nullable: true }`. */
  readonly columns: Readonly<Record<string, RowColumn>>
  readonly fromMetadata?: undefined
}

/** Columns of a table schema among the metadata. */
interface MetadataSchema {
  /** Type of each column as the table schema writes it, whatever its letters' case; `any` for each type. */
  readonly columns: Readonly<Record<string, string>>
  /**
   * The metadata entry that holds the table schema: that of the latest materialization, else of the latest observation.
   * Then the asset isn't loaded.
   */
  readonly fromMetadata: string
}

/** What {@link columnSchemaCheck} takes. An asset whose value is no array of objects needs `fromMetadata`. */
export type ColumnSchemaCheckOptions<TAsset extends Checkable> = ReadyMadeCheckOptions & {
  readonly asset: TAsset
  /** Whether there may be columns that aren't named. @default false */
  readonly allowExtra?: boolean
} & (OutputOf<TAsset> extends readonly object[] ? RowsSchema | MetadataSchema : MetadataSchema)

/**
 * A check of an asset's columns and their types; named `column_schema` unless told otherwise. It looks at every row of the
 * loaded array, or at a table schema among the metadata: `fromMetadata: 'schema'`. No rows at all pass; for that there is
 * `rowCountCheck()`.
 *
 * @example
 * ```ts
 * const columns = columnSchemaCheck({ asset: orders, columns: { id: 'integer', note: { type: 'string', nullable: true } } })
 * const declared = columnSchemaCheck({ asset: warehouseTable, columns: { id: 'bigint', at: 'timestamp' }, fromMetadata: 'schema' })
 * ```
 * @throws `INVALID_NAME`; `INVALID_OPTION` for a type that there isn't
 */
export function columnSchemaCheck<const TAsset extends Checkable>(options: ColumnSchemaCheckOptions<TAsset>): ReadyMadeCheck {
  const { asset, severity = 'ERROR', allowExtra = false, ...schema } = options as ColumnSchemaCheckOptions<AnyAsset>
  refuseTypes(schema)
  return assetCheck({
    ...readyMadeOptions('column_schema', options),
    asset,
    loadsAsset: schema.fromMetadata === undefined,
    check: (inputs: Readonly<Record<string, unknown>>, context) => {
      const problems =
        schema.fromMetadata === undefined
          ? rowProblems(Object.values(inputs)[0], schema.columns, allowExtra)
          : schemaProblems(context, schema, allowExtra)
      return { severity, ...factsOf(problems) }
    },
  })
}

function refuseTypes(schema: RowsSchema | MetadataSchema): void {
  if (schema.fromMetadata !== undefined) return
  for (const [column, rule] of Object.entries(schema.columns)) {
    const type = typeof rule === 'string' ? rule : rule.type
    if (columnTypes.includes(type)) continue
    const message = `columnSchemaCheck: column "${column}" has the type ${JSON.stringify(type)}. The types are ${listed(columnTypes, 'and')}.`
    throw new AssetryError('INVALID_OPTION', message, { facts: { column, type } })
  }
}

function schemaProblems(
  context: CheckContext,
  schema: MetadataSchema,
  allowExtra: boolean,
): readonly Omit<ColumnProblem, 'rows' | 'firstRow'>[] | string {
  const entry = latestEntry(context, schema.fromMetadata, 'tableSchema')
  if (typeof entry === 'string') return `${entry}, so its columns aren't known.`
  const there = new Map(entry.value.columns.map(({ name, type }) => [name, type ?? '']))
  const expected = Object.entries(schema.columns).flatMap(([column, type]) => {
    const found = there.get(column)
    if (found === undefined) return [{ column, problem: 'is missing' }]
    const fits = type === 'any' || found.toLowerCase() === type.toLowerCase()
    return fits ? [] : [{ column, problem: `is of type ${found || 'unknown'}, not ${type}` }]
  })
  const extra = allowExtra ? [] : [...there.keys()].filter((column) => !Object.hasOwn(schema.columns, column))
  return [...expected, ...extra.map((column) => ({ column, problem: 'is not expected' }))]
}

/** Problems that an evaluation shows; the others are counted. */
const mostShown = 20

function factsOf(problems: ReturnType<typeof schemaProblems>): CheckFacts {
  if (typeof problems === 'string') return { passed: false, description: problems }
  const [first] = problems
  if (first === undefined) return { passed: true }
  const more = problems.length === 1 ? '' : ` Problems in all: ${problems.length}.`
  return {
    passed: false,
    description: `Column "${first.column}" ${first.problem}.${more}`,
    metadata: { problems: MetadataValue.table(problems.slice(0, mostShown).map((each) => ({ ...each }))), problemCount: problems.length },
  }
}
