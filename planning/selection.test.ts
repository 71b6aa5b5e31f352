import { describe, expect, test } from 'vitest'
import { AssetSelection } from '../definitions/asset-selection.ts'
import type { SelectableAsset } from '../definitions/selection-evaluation.ts'
import { resolveSelection } from './selection.ts'

const selectable = (key: string, upstreamKeys: readonly string[], rest: Partial<SelectableAsset> = {}): SelectableAsset => ({
  key,
  upstreamKeys,
  group: 'default',
  tags: {},
  kinds: [],
  owners: [],
  ...rest,
})

// raw/orders → orders → daily → report, raw/users → users → report
const assets = [
  selectable('report', ['daily', 'users'], { group: 'reports', owners: ['team:data', 'ann@example.com'] }),
  selectable('daily', ['orders'], { group: 'reports', tags: { tier: 'gold', 'team/unit': 'a=b' } }),
  selectable('orders', ['raw/orders'], { kinds: ['duckdb'] }),
  selectable('users', ['raw/users'], { kinds: ['duckdb', 'csv'], tags: { tier: 'silver' } }),
  selectable('raw/orders', [], { group: 'raw/eu', kinds: ['csv'] }),
  selectable('raw/users', [], { group: 'raw/us', kinds: ['csv'] }),
]
const keysOf = (selection: string | AssetSelection) => resolveSelection(assets, selection).join(' ')

describe('what a selection means', () => {
  test.each([
    ['*', 'raw/orders orders daily raw/users users report'],
    ['orders', 'orders'],
    ['raw/*', 'raw/orders raw/users'],
    ['*o*r*s', 'raw/orders orders'],
    ['*users', 'raw/users users'],
    ['key:"raw/*" or daily', 'raw/orders daily raw/users'],
    ['group:reports', 'daily report'],
    ['group:raw/*', 'raw/orders raw/users'],
    ['kind:csv', 'raw/orders raw/users users'],
    ['owner:team:data', 'report'],
    ['owner:*@example.com', 'report'],
    ['tag:tier', 'daily users'],
    ['tag:tier=gold', 'daily'],
    ['tag:tier=*l*', 'daily users'],
    ['tag:team/unit="a=b"', 'daily'],
    ['+orders', 'raw/orders orders'],
    ['orders+', 'orders daily report'],
    ['+daily+', 'raw/orders orders daily report'],
    ['1+report', 'daily users report'],
    ['2+report', 'orders daily raw/users users report'],
    ['raw/orders+2', 'raw/orders orders daily'],
    ['(+daily)+', 'raw/orders orders daily report'],
    ['+users+ and not users', 'raw/users report'],
    ['1+(orders or users)', 'raw/orders orders raw/users users'],
    ['(raw/* and not raw/users)+1', 'raw/orders orders'],
    ['not +report', ''],
    ['not group:reports', 'raw/orders orders raw/users users'],
    ['kind:csv and kind:duckdb', 'users'],
    ['not kind:csv and not kind:duckdb', 'daily report'],
    ['nothing* or orders', 'orders'],
  ])('%s', (text, keys) => {
    if (keys === '') expect(() => keysOf(text)).toThrow(expect.objectContaining({ code: 'EMPTY_SELECTION' }))
    else expect(keysOf(text)).toBe(keys)
  })

  test('is the same for a selection that was built', () => {
    expect(keysOf(AssetSelection.groups('reports').upstream(1).and(AssetSelection.kinds('csv').not()))).toBe('orders daily report')
  })

  test('of one with many stars is found out at once, not by trying every split', () => {
    const long = [selectable('a'.repeat(250), [])]
    expect(() => resolveSelection(long, `${'a*'.repeat(100)}b`)).toThrow(expect.objectContaining({ code: 'EMPTY_SELECTION' }))
    expect(resolveSelection(long, 'a*'.repeat(100))).toHaveLength(1)
  })

  test('does not let the ends of a pattern overlap', () => {
    expect(() => resolveSelection([selectable('aba', [])], 'ab*ba')).toThrow('No asset key matches "ab*ba"')
    expect(() => resolveSelection([selectable('abcd', [])], 'a*bc*cd')).toThrow('No asset key matches "a*bc*cd"')
  })

  test('of thousands of keys is found in one pass', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => selectable(`a${index}`, index > 0 ? [`a${index - 1}`] : []))
    expect(resolveSelection(many, AssetSelection.keys(...many.map((asset) => asset.key)))).toHaveLength(5_000)
    expect(resolveSelection(many, '+a4999')).toHaveLength(5_000)
  })
})

describe('a selection that can not be', () => {
  test('names every unknown key in one error, each with the nearest', () => {
    expect(() => keysOf('ordrs or +(zebra and not orders)')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_ASSET',
        message: [
          'There is no asset "ordrs". Did you mean "orders"?',
          'There is no asset "zebra". The assets are "report", "daily", "orders", "users", "raw/orders" and "raw/users".',
        ].join('\n'),
      }),
    )
  })

  test('is refused for one unknown key, though the rest selects something', () => {
    expect(() => keysOf('orders or ordrs')).toThrow(expect.objectContaining({ code: 'UNKNOWN_ASSET' }))
  })

  test('counts unknown keys past the twentieth', () => {
    const keys = Array.from({ length: 30 }, (_, index) => `zebra_${index}`)
    expect(() => keysOf(AssetSelection.keys(...keys))).toThrow('10 more keys are unknown.')
  })

  test.each([
    [
      'group:report',
      'The selection group:report is empty: it doesn\'t match any of 6 assets. No group is "report"; the groups are "default", "raw/eu", "raw/us" and "reports".',
    ],
    ['kind:spark', 'No kind is "spark"; the kinds are "csv" and "duckdb".'],
    ['owner:bob', 'No owner is "bob"; the owners are "ann@example.com" and "team:data".'],
    ['tag:tire', 'No tag is "tire"; the tags are "team/unit" and "tier".'],
    ['tag:tier=bronze', 'No value of tag "tier" is "bronze"; the values of tag "tier" are "gold" and "silver".'],
    ['x*', 'No asset key matches "x*".'],
    ['group:reports and kind:csv', "The selection group:reports and kind:csv is empty: it doesn't match any of 6 assets."],
    ['not *', 'The selection not * is empty'],
  ])('%s says what there is to select', (text, part) => {
    expect(() => keysOf(text)).toThrow(expect.objectContaining({ code: 'EMPTY_SELECTION', message: expect.stringContaining(part) }))
  })

  test('says that there are no assets where there are none', () => {
    expect(() => resolveSelection([], '*')).toThrow('The selection * is empty: there are no assets.')
  })
})
