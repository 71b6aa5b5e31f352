import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { assetCheck } from './asset-check.ts'
import { definitions, type DefinitionsOptions } from './definitions.ts'
import { type Finding, isAssetryError } from './errors.ts'
import { resource } from './resource.ts'

const materialize = () => [1]
const check = () => true
const orders = asset({ key: 'raw/orders', checks: { no_nulls: {} }, materialize })
const report = asset({ key: 'report', inputs: { orders }, materialize })
const users = asset({ key: 'users', materialize })
const clock = resource({ name: 'clock', create: () => Date })
const assets = [orders, report, users]

function findingsOf(options: DefinitionsOptions): readonly Finding[] {
  try {
    definitions(options)
  } catch (error) {
    if (isAssetryError(error) && error.code === 'DEFINITIONS_INVALID') return error.facts['findings'] as readonly Finding[]
    throw error
  }
  return []
}

describe('checks that are in order', () => {
  test('are kept as declared; two assets may have a check of one name', () => {
    const one = assetCheck({ name: 'some', asset: orders, blocking: true, inputs: { users }, check })
    const other = assetCheck({ name: 'some', asset: users, check })
    expect(definitions({ assets, assetChecks: [one, other] }).assetChecks).toEqual([one, other])
    expect(definitions({ assets }).assetChecks).toEqual([])
  })
})

describe('the names of checks', () => {
  test('are unique for an asset', () => {
    const one = assetCheck({ name: 'some', asset: orders, check })
    const other = assetCheck({ name: 'some', asset: orders, check })
    expect(findingsOf({ assets, assetChecks: [one, other] })).toEqual([
      {
        code: 'DUPLICATE_NAME',
        path: 'assetChecks.raw/orders:some',
        message: '2 checks of "raw/orders" are named "some". Give each a name of its own.',
      },
    ])
    expect(findingsOf({ assets, assetChecks: [one, one] })[0]?.message).toBe(
      'Check "some" of "raw/orders" is listed 2 times. List it once.',
    )
  })

  test('are not those of checks that the asset declares itself', () => {
    const again = assetCheck({ name: 'no_nulls', asset: orders, check })
    expect(findingsOf({ assets, assetChecks: [again] })).toMatchObject([
      {
        code: 'DUPLICATE_NAME',
        message: 'Asset "raw/orders" declares a check "no_nulls" itself, and assetChecks has another. Rename one of them.',
      },
    ])
  })
})

describe('what a check needs', () => {
  test('is among the assets', () => {
    const lost = asset({ key: 'raw/order', materialize })
    const checks = [
      assetCheck({ name: 'of_lost', asset: lost, check }),
      assetCheck({ name: 'reads_lost', asset: users, inputs: { others: lost }, deps: ['nowhere'], check }),
    ]
    expect(findingsOf({ assets, assetChecks: checks })).toEqual([
      {
        code: 'UNKNOWN_ASSET',
        path: 'assetChecks.raw/order:of_lost',
        message:
          'Check "of_lost" is of the asset "raw/order", which is not among the assets. Add that asset to assets. Did you mean "raw/orders"?',
      },
      {
        code: 'UNKNOWN_INPUT',
        path: 'assetChecks.users:reads_lost.inputs.others',
        message:
          'Check "reads_lost" of "users" reads "raw/order" as its input "others", which is not among the assets. Add that asset to assets. Did you mean "raw/orders"?',
      },
      {
        code: 'UNKNOWN_DEP',
        path: 'assetChecks.users:reads_lost.deps',
        message: 'Check "reads_lost" of "users" depends on "nowhere", which is not among the assets. Add that asset to assets.',
      },
    ])
  })

  test('may be a resource, which is given', () => {
    const some = assetCheck({ name: 'some', asset: orders, resources: { clock }, check })
    const timed = asset({ key: 'timed', resources: { clock }, materialize })
    expect(findingsOf({ assets, assetChecks: [some], resources: [clock] })).toEqual([])
    expect(findingsOf({ assets, assetChecks: [some] })[0]?.message).toBe(
      'Check "raw/orders:some" asks for the resource "clock", which is not given. Add it: definitions({ resources: [clock] }).',
    )
    expect(findingsOf({ assets: [...assets, timed], assetChecks: [some] })[0]?.message).toContain(
      'Asset "timed" and check "raw/orders:some" ask for the resource "clock"',
    )
  })
})

describe('a blocking check', () => {
  const downstream = { name: 'against_report', asset: orders, inputs: { report }, check } as const

  test('may not need what waits for it', () => {
    expect(findingsOf({ assets, assetChecks: [assetCheck({ ...downstream, blocking: true })] })).toEqual([
      {
        code: 'ASSET_CYCLE',
        path: 'assetChecks.raw/orders:against_report',
        message:
          'The blocking check "raw/orders:against_report" needs what itself waits for the check to pass: report → raw/orders:against_report → report. Remove that input or dep of the check, or don\'t let it block.',
      },
    ])
  })

  test('may not do so through other assets, nor through a dep', () => {
    const summary = asset({ key: 'summary', deps: [report], materialize })
    const far = assetCheck({ name: 'far', asset: orders, blocking: true, deps: [summary], check })
    expect(findingsOf({ assets: [...assets, summary], assetChecks: [far] })[0]?.message).toContain(
      'report → summary → raw/orders:far → report',
    )
  })

  test('may not do so by turns with another', () => {
    const account = asset({ key: 'account', inputs: { users }, materialize })
    const one = assetCheck({ name: 'one', asset: orders, blocking: true, inputs: { account }, check })
    const other = assetCheck({ name: 'other', asset: users, blocking: true, inputs: { report }, check })
    expect(findingsOf({ assets: [...assets, account], assetChecks: [one] })).toEqual([])
    expect(findingsOf({ assets: [...assets, account], assetChecks: [one, other] })).toMatchObject([
      { code: 'ASSET_CYCLE', message: expect.stringContaining('report → users:other → account → raw/orders:one → report') },
    ])
  })

  test('may not wait for one that waits for it', () => {
    const one = assetCheck({ name: 'one', asset: orders, blocking: true, inputs: { users }, check })
    const other = assetCheck({ name: 'other', asset: users, blocking: true, inputs: { orders }, check })
    expect(findingsOf({ assets, assetChecks: [one] })).toEqual([])
    expect(findingsOf({ assets, assetChecks: [one, other] })).toMatchObject([
      { code: 'ASSET_CYCLE', message: expect.stringContaining('raw/orders:one → users:other → raw/orders:one') },
    ])
  })

  test('is the only kind that something waits for', () => {
    expect(findingsOf({ assets, assetChecks: [assetCheck(downstream)] })).toEqual([])
  })

  test('is not blamed for assets that need each other', () => {
    const a = asset({ key: 'a', deps: ['b'], materialize })
    const b = asset({ key: 'b', deps: ['a'], materialize })
    const of = assetCheck({ name: 'some', asset: a, blocking: true, deps: [b], check })
    expect(findingsOf({ assets: [a, b], assetChecks: [of] }).map(({ path }) => path)).toEqual(['assets.a'])
  })
})

describe('what is no check', () => {
  test('is told apart', () => {
    expect(findingsOf({ assets, assetChecks: [orders, undefined] } as never).map(({ message }) => message)).toEqual([
      'assetChecks[0] is of kind "asset", not an asset check.',
      'assetChecks[1] is undefined, not an asset check. A module that imports itself in a circle gives undefined here, and so does a misspelt import.',
    ])
  })
})
