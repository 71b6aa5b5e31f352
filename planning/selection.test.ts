import { describe, expect, test } from 'vitest'
import { AssetSelection } from '../definitions/asset-selection.ts'
import type { SelectableAsset } from '../definitions/selection-evaluation.ts'
import type { StatusFacts } from '../definitions/selection-status.ts'
import type { SelectionStatus } from '../definitions/selection-syntax.ts'
import { needsStatus, resolveSelection } from './selection.ts'

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

/** How these assets stand. */
function standing(statuses: Readonly<Record<string, readonly SelectionStatus[]>>): StatusFacts {
  return new Map(Object.entries(statuses).map(([key, each]) => [key, new Set(each)]))
}

describe('a selection by status', () => {
  const facts = standing({
    'raw/orders': ['fresh', 'materialized'],
    orders: ['stale', 'materialized'],
    daily: ['stale', 'failed'],
    users: ['missing'],
    'raw/users': ['fresh', 'failed'],
  })
  const by = (selection: string | AssetSelection, known: StatusFacts = facts): string =>
    resolveSelection(assets, selection, known).join(' ')

  test.each([
    ['status:stale', 'orders daily'],
    ['status:missing', 'users'],
    ['status:fresh', 'raw/orders raw/users'],
    ['status:failed', 'daily raw/users'],
    ['status:materialized', 'raw/orders orders'],
    ['status:stale or status:missing', 'orders daily users'],
    ['status:stale and group:reports', 'daily'],
    ['status:stale and status:failed', 'daily'],
    ['not status:stale', 'raw/orders raw/users users report'],
    ['status:stale+', 'orders daily report'],
    ['+status:missing', 'raw/users users'],
    ['(status:missing and kind:csv)+1', 'users report'],
    ['raw/*+1 and status:stale', 'orders'],
  ])('%s', (text, keys) => {
    expect(by(text)).toBe(keys)
  })

  test('is the same for a selection that was built', () => {
    expect(by(AssetSelection.status('stale', 'missing').and(AssetSelection.groups('reports').not()))).toBe('orders users')
  })

  test('is known to need the facts, wherever in it the status stands', () => {
    expect(
      ['status:stale', 'not (a and +status:stale+)', AssetSelection.status('fresh').or(AssetSelection.keys('a'))].map(needsStatus),
    ).toEqual([true, true, true])
    expect(['*', 'group:stale and not (a or key:"status:stale")', AssetSelection.keys('stale')].map(needsStatus)).toEqual([
      false,
      false,
      false,
    ])
  })

  test('is refused where nobody knows how assets stand, also beside what is selected by name', () => {
    const refusal = { code: 'STATUS_UNKNOWN', message: expect.stringContaining('only a server knows it. Use status: where one is asked:') }
    expect(() => keysOf('status:stale')).toThrow(expect.objectContaining(refusal))
    expect(() => keysOf('orders or not status:stale')).toThrow(expect.objectContaining(refusal))
  })

  const none: StatusFacts = new Map()
  test.each([
    ['status:stale', "Nothing is stale: status:stale doesn't match any of 6 assets now."],
    ['status:stale or status:missing', "Nothing is stale or missing: status:stale or status:missing doesn't match any of 6 assets now."],
    [
      'group:reports and (status:stale or status:missing or status:failed or status:stale)',
      'Nothing of what is selected is stale, missing or failed: group:reports and',
    ],
    ['status:stale+', "Nothing is stale: status:stale+ doesn't match"],
    ['status:stale and not status:failed', 'Nothing is stale: status:stale and not status:failed'],
    ['* and not (* and not status:stale)', 'Nothing of what is selected is stale: '],
  ])('that nothing matches just now is an answer of its own: %s', (text, message) => {
    expect(() => by(text, none)).toThrow(expect.objectContaining({ code: 'NOTHING_TO_DO', message: expect.stringContaining(message) }))
  })

  test('that asks what assets are not says that there is nothing to do', () => {
    const allFresh = standing(Object.fromEntries(assets.map(({ key }) => [key, ['fresh']])))
    expect(() => by('not status:fresh', allFresh)).toThrow(
      expect.objectContaining({
        code: 'NOTHING_TO_DO',
        message: "There is nothing to do: not status:fresh doesn't match any of 6 assets now.",
      }),
    )
  })

  test.each([
    ['status:stale and group:report', 'No group is "report"'],
    ['status:stale and not *', 'is empty'],
    ['not (* or status:stale)', 'is empty'],
    ['(status:stale and x*)+', 'No asset key matches "x*".'],
  ])('that could match nothing, however assets stood, is empty as any other: %s', (text, part) => {
    expect(() => by(text, none)).toThrow(expect.objectContaining({ code: 'EMPTY_SELECTION', message: expect.stringContaining(part) }))
  })

  test('names unknown keys first of all', () => {
    expect(() => by('status:stale or ordrs', none)).toThrow(expect.objectContaining({ code: 'UNKNOWN_ASSET' }))
  })
})
