import type { OutputOf } from './asset.ts'
import { assetCheck, type Checkable } from './asset-check.ts'
import type { CheckContext } from './check-context.ts'
import type { CheckFacts } from './check-spec.ts'
import { AssetryError } from './errors.ts'
import { latestEntry, type ReadyMadeCheck, type ReadyMadeCheckOptions, readyMadeOptions } from './ready-made-check.ts'

/** How many rows there may be: at least one of the two bounds. Each counts as allowed itself. */
export type RowBounds = { readonly min: number; readonly max?: number } | { readonly min?: number; readonly max: number }

/**
 * The metadata entry that holds the number of rows, such as `rows`: that of the latest materialization, else of the latest
 * observation. Then the asset isn't loaded. Without it the rows of the loaded array are counted, so an asset whose value
 * is no array needs it.
 */
export type RowsFrom<TAsset extends Checkable> =
  OutputOf<TAsset> extends readonly unknown[] ? { readonly fromMetadata?: string } : { readonly fromMetadata: string }

/** What {@link rowCountCheck} takes. */
export type RowCountCheckOptions<TAsset extends Checkable> = ReadyMadeCheckOptions & { readonly asset: TAsset } & RowBounds &
  RowsFrom<TAsset>

/**
 * A check of how many rows an asset has; named `row_count` unless told otherwise. It counts the loaded array, or believes
 * a metadata entry: `fromMetadata: 'rows'`.
 *
 * @example
 * ```ts
 * const enough = rowCountCheck({ asset: orders, min: 1, blocking: true })
 * const believed = rowCountCheck({ asset: warehouseTable, min: 1_000, fromMetadata: 'rows' })
 * ```
 * @throws `INVALID_NAME`; `INVALID_OPTION` for bounds that are no whole numbers, of which there is none, or that cross
 */
export function rowCountCheck<const TAsset extends Checkable>(options: RowCountCheckOptions<TAsset>): ReadyMadeCheck {
  const { min = 0, max = Infinity, severity = 'ERROR', fromMetadata } = options
  const asset: Checkable = options.asset
  refuseBounds(options.min, options.max)
  return assetCheck({
    ...readyMadeOptions('row_count', options),
    asset,
    loadsAsset: fromMetadata === undefined,
    check: (inputs: Readonly<Record<string, unknown>>, context): CheckFacts => {
      const rows = fromMetadata === undefined ? countOf(Object.values(inputs)[0]) : reportedOf(context, fromMetadata)
      if (typeof rows === 'string') return { passed: false, severity, description: rows }
      const passed = rows >= min && rows <= max
      return { passed, severity, description: `${rows} rows; expected ${boundsText(min, max)}.`, metadata: { rows } }
    },
  })
}

/** Rows of a value, or what it is instead. */
function countOf(value: unknown): number | string {
  return Array.isArray(value) ? value.length : `The value is ${value === null ? 'null' : `of type ${typeof value}`}, not an array of rows.`
}

function reportedOf(context: CheckContext, name: string): number | string {
  const entry = latestEntry(context, name, 'int')
  return typeof entry === 'string' ? `${entry}, so the number of rows isn't known.` : entry.value
}

function boundsText(min: number, max: number): string {
  if (min === max) return `exactly ${min}`
  if (max === Infinity) return `${min} at least`
  return min === 0 ? `${max} at most` : `${min} to ${max}`
}

function refuseBounds(min: number | undefined, max: number | undefined): void {
  const problem = boundsProblem(min, max)
  if (problem !== undefined) throw new AssetryError('INVALID_OPTION', `rowCountCheck: ${problem}`, { facts: { min, max } })
}

function boundsProblem(min: number | undefined, max: number | undefined): string | undefined {
  const given = [min, max].filter((bound) => bound !== undefined)
  if (given.length === 0) return 'neither min nor max is given, so that any number would pass. Give one of them.'
  const wrong = given.find((bound) => !Number.isInteger(bound) || bound < 0)
  if (wrong !== undefined) return `${wrong} is no number of rows. Give min and max as whole numbers from 0 on.`
  if (min !== undefined && max !== undefined && min > max) return `min is ${min}, more than max, which is ${max}: no number would pass.`
  return undefined
}
