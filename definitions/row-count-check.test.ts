import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import type { CheckContext } from './check-context.ts'
import { externalAsset } from './external-asset.ts'
import { type Metadata, metadataOf } from './metadata-value.ts'
import { rowCountCheck } from './row-count-check.ts'

const orders = asset({ key: 'raw/orders', materialize: () => [1, 2] })
const table = externalAsset({ key: 'table' })

/** A context in which the latest materialization and observation have this metadata; undefined: there is none. */
function context(materialized: Metadata | undefined, observed?: Metadata): CheckContext<undefined> {
  const record = (metadata: Metadata | undefined) => metadata && { time: new Date(0), metadata, dataVersion: undefined }
  return { assetKey: 'table', latestMaterialization: record(materialized), latestObservation: record(observed) } as CheckContext<undefined>
}

describe('a row count check', () => {
  const bounded = rowCountCheck({ asset: orders, min: 1, max: 2 })

  test('counts the loaded array', () => {
    expect(bounded).toMatchObject({ name: 'row_count', assetKey: 'raw/orders', blocking: false })
    expect(Object.keys(bounded.inputs)).toEqual(['orders'])
    expect([[], [1], [1, 2], [1, 2, 3]].map((rows) => bounded.check({ orders: rows }, context({})).passed)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  test('says how many rows there are and should be', () => {
    expect(bounded.check({ orders: [] }, context({}))).toEqual({
      passed: false,
      severity: 'ERROR',
      description: '0 rows; expected 1 to 2.',
      metadata: { rows: 0 },
    })
    const described = (bounds: { readonly min: number; readonly max?: number } | { readonly max: number }): string | undefined =>
      rowCountCheck({ asset: orders, ...bounds }).check({ orders: [1] }, context({})).description
    expect(described({ min: 3 })).toBe('1 rows; expected 3 at least.')
    expect(described({ max: 3 })).toBe('1 rows; expected 3 at most.')
    expect(described({ min: 3, max: 3 })).toBe('1 rows; expected exactly 3.')
  })

  test('has the severity, name and blocking that it was given', () => {
    const few = rowCountCheck({ asset: orders, max: 1, severity: 'WARN', name: 'few', blocking: true })
    expect(few).toMatchObject({ name: 'few', blocking: true })
    expect(few.check({ orders: [1, 2] }, context({}))).toMatchObject({ passed: false, severity: 'WARN' })
  })

  test('does not pass for a value that is no array', () => {
    expect(bounded.check({ orders: 'one,two' }, context({}))).toMatchObject({
      passed: false,
      description: 'The value is of type string, not an array of rows.',
    })
    expect(bounded.check({ orders: null }, context({})).description).toBe('The value is null, not an array of rows.')
  })
})

describe('a row count check by metadata', () => {
  const reported = rowCountCheck({ asset: table, min: 10, fromMetadata: 'rows' })
  const rows = (count: number | string) => metadataOf('test', { rows: count })

  test('loads nothing and believes the latest materialization, else the latest observation', () => {
    expect(reported.inputs).toEqual({})
    expect(reported.check({}, context(rows(10)))).toMatchObject({ passed: true, metadata: { rows: 10 } })
    expect(reported.check({}, context(rows(9), rows(10))).passed).toBe(false)
    expect(reported.check({}, context(undefined, rows(10))).passed).toBe(true)
  })

  test('does not pass where nothing says the number', () => {
    const description = (latest: Metadata | undefined): string | undefined => reported.check({}, context(latest)).description
    expect(reported.check({}, context({})).passed).toBe(false)
    expect(description({})).toBe('The latest materialization of "table" has no metadata "rows", so the number of rows isn\'t known.')
    expect(description(undefined)).toBe('"table" was never materialized or observed, so the number of rows isn\'t known.')
    expect(description(rows('many'))).toContain('has metadata "rows" of type text')
  })
})

describe('bounds that are wrong', () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{}, 'neither min nor max is given'],
    [{ min: 1.5 }, '1.5 is no number of rows'],
    [{ max: -1 }, '-1 is no number of rows'],
    [{ min: Number.NaN }, 'NaN is no number of rows'],
    [{ min: 2, max: 1 }, 'min is 2, more than max, which is 1'],
  ]
  test.each(wrong)('%j', (bounds, part) => {
    expect(() => rowCountCheck({ asset: orders, ...(bounds as { readonly min: number }) })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(part) }),
    )
  })
})
