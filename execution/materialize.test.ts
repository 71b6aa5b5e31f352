import { describe, expect, test } from 'vitest'
import { type AnyAsset, asset } from '../definitions/asset.ts'
import { assetCheck, type AssetCheck } from '../definitions/asset-check.ts'
import type { CheckOutcome } from '../definitions/check-spec.ts'
import { op } from '../definitions/op.ts'
import { resource } from '../definitions/resource.ts'
import { materialize } from './materialize.ts'

const duckdb = resource({ name: 'duckdb', create: () => 'real' })

describe('before anything runs', () => {
  const ran: string[] = []
  const orders = asset({ key: 'orders', resources: { db: duckdb }, materialize: (_, { resources }) => void ran.push(resources.db) })

  test('a partition of assets that have none is refused', async () => {
    await expect(materialize([orders], { partitionKey: '2026-01-01' })).rejects.toMatchObject({
      code: 'NOT_PARTITIONED',
      message: expect.stringContaining('"2026-01-01"'),
    })
    expect(ran).toEqual([])
  })

  test('what is no asset, and what is no check, is refused by its place', async () => {
    const wrong = [orders, op({ name: 'fetch', run: () => 1 })] as unknown as AnyAsset[]
    await expect(materialize(wrong, { assetChecks: [orders as unknown as AssetCheck] })).rejects.toMatchObject({
      code: 'DEFINITIONS_INVALID',
      facts: {
        findings: expect.arrayContaining([
          expect.objectContaining({ path: 'assets[1]', message: expect.stringContaining('of kind "op", not an asset') }),
          expect.objectContaining({ path: 'assetChecks[0]' }),
        ]),
      },
    })
    expect(ran).toEqual([])
  })

  test('a stand-in that no asset asks for is refused with the nearest name', async () => {
    await expect(materialize([orders], { resources: { dukdb: 'fake', zebra: 1 } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      facts: {
        findings: [
          { path: 'resources.dukdb', message: expect.stringContaining('asks for a resource "dukdb". Did you mean "duckdb"?') },
          { path: 'resources.zebra', message: expect.stringContaining('asks for a resource "zebra". The resources are "duckdb".') },
        ],
      },
    })
    expect(ran).toEqual([])
  })

  test('a stand-in for one that an asset asks for takes its place', async () => {
    await materialize([orders], { resources: { duckdb: 'fake' } })
    expect(ran).toEqual(['fake'])
  })
})

describe('the output of an asset without one', () => {
  const broken = new RangeError('no rows')
  const first = asset({
    key: 'first',
    materialize: (): number => {
      throw broken
    },
  })
  const second = asset({ key: 'second', inputs: { first }, materialize: ({ first: rows }) => rows })
  const third = asset({ key: 'third', inputs: { second }, materialize: ({ second: rows }) => rows })
  const other = asset({ key: 'other', materialize: () => 1 })

  test.each([
    [
      'skipped',
      third,
      'Asset "third" was skipped because "first" failed; the error is the cause of this one. Materialized: other.',
      broken,
    ],
    ['failed', first, 'Asset "first" failed in this run; the error is the cause of this one. Materialized: other.', broken],
    ['not selected', 'more', 'Asset "more" was not materialized by this run. Materialized: other.', undefined],
  ] as const)('that was %s is refused with the reason', async (_what, wanted, message, cause) => {
    const result = await materialize([first, second, third, other], { raiseOnError: false })
    expect(result.skipped).toEqual(['second', 'third'])
    const refusal = expect.objectContaining({ code: 'OUTPUT_MISSING', message, ...(cause !== undefined && { cause }) })
    expect(() => result.outputFor(wanted as string)).toThrow(refusal)
    expect(() => result.metadataFor(wanted)).toThrow(refusal)
  })
})

describe('what a check says', () => {
  const orders = asset({ key: 'orders', materialize: () => [1] })

  test.each([
    ['nothing', undefined, "returned undefined, which says neither that it passed nor that it didn't"],
    ['a text', 'ok', 'returned ok, which says neither'],
    [
      'a severity that there is not',
      { passed: true, severity: 'WARNING' },
      "returned the severity WARNING, which is neither 'ERROR' nor 'WARN'",
    ],
    ['a misspelt name', { passed: false, sevrity: 'WARN' }, 'returned "sevrity", which is no part of an outcome'],
  ])('is refused where it is %s', async (_what, said, message) => {
    const check = assetCheck({ name: 'sound', asset: orders, check: () => said as CheckOutcome })
    await expect(materialize([orders], { assetChecks: [check] })).rejects.toMatchObject({
      code: 'CHECK_RESULT_INVALID',
      message: expect.stringContaining(message),
    })
  })
})
