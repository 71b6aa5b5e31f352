import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { definitions, type DefinitionsOptions } from './definitions.ts'
import { type Finding, isAssetryError } from './errors.ts'
import { multiAsset } from './multi-asset.ts'

const outputs = { users: { key: 'raw/users' }, orders: { key: 'raw/orders' }, visits: { key: 'raw/visits' } } as const
const materialize = () => ({ users: 1, orders: 2, visits: 3 })
const crm = multiAsset({ name: 'crm', outputs, materialize })
const { users, orders, visits } = crm.assets

function findingsOf(assets: NonNullable<DefinitionsOptions['assets']>): readonly Finding[] {
  try {
    definitions({ assets })
  } catch (error) {
    if (isAssetryError(error) && error.code === 'DEFINITIONS_INVALID') return error.facts['findings'] as readonly Finding[]
    throw error
  }
  return []
}

describe('a multi-asset among the assets', () => {
  test('stands for each of its assets, also where others need them', () => {
    const report = asset({ key: 'report', inputs: { users }, deps: ['raw/orders'], materialize: () => 1 })
    expect(definitions({ assets: [report, crm] }).assets).toEqual([report, users, orders, visits])
  })

  test('may be listed by all of its assets', () => {
    expect(findingsOf([visits, users, orders])).toEqual([])
  })

  test('is not listed by some of them', () => {
    expect(findingsOf([users])).toEqual([
      {
        code: 'INVALID_OPTION',
        path: 'assets.raw/users',
        message:
          'Asset "raw/users" is made by the multi-asset "crm" together with "raw/orders" and "raw/visits", which are not among the assets. List the multi-asset itself instead of its assets.',
      },
    ])
    expect(findingsOf([users, orders])[0]?.message).toBe(
      'Assets "raw/users" and "raw/orders" are made by the multi-asset "crm" together with "raw/visits", which is not among the assets. List the multi-asset itself instead of its assets.',
    )
  })

  test('is not listed beside one of its own assets', () => {
    expect(findingsOf([crm, users])).toMatchObject([
      { code: 'DUPLICATE_ASSET_KEY', message: 'Asset "raw/users" is listed 2 times. List it once.' },
    ])
  })

  test('has keys that no other asset has', () => {
    expect(findingsOf([crm, asset({ key: 'raw/users', materialize: () => 1 })])).toMatchObject([{ code: 'DUPLICATE_ASSET_KEY' }])
  })
})

describe('the name of a multi-asset', () => {
  const other = multiAsset({ name: 'crm', outputs: { tickets: { key: 'tickets' } }, materialize: () => ({ tickets: 1 }) })

  test('is that of no other', () => {
    expect(findingsOf([crm, other])).toEqual([
      { code: 'DUPLICATE_NAME', path: 'assets.crm', message: '2 multi-assets are named "crm". Give each a name of its own.' },
    ])
  })

  test('is the key of no asset, one of its own included', () => {
    const taken = { code: 'DUPLICATE_NAME', path: 'assets.tickets' }
    const own = multiAsset({ name: 'tickets', outputs: { tickets: { key: 'tickets' } }, materialize: () => ({ tickets: 1 }) })
    expect(findingsOf([own])).toMatchObject([taken])
    expect(findingsOf([crm, asset({ key: 'crm', materialize: () => 1 })])).toMatchObject([{ code: 'DUPLICATE_NAME', path: 'assets.crm' }])
  })
})
