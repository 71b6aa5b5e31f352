import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { AssetSelection, isAssetSelection, parseSelection, printSelection } from './asset-selection.ts'
import { joinedNode, keyNode, type SelectionNode, selectionStatuses } from './selection-syntax.ts'

describe('building a selection', () => {
  const orders = asset({ key: 'raw/orders', materialize: () => 1 })
  const cases: readonly (readonly [AssetSelection, string])[] = [
    [AssetSelection.all(), '*'],
    [AssetSelection.keys(orders, 'b'), 'raw/orders or b'],
    [AssetSelection.keys('*'), '*'],
    [AssetSelection.groups('x', 'y').upstream(), '+(group:x or group:y)'],
    [AssetSelection.tag('k'), 'tag:k'],
    [AssetSelection.tag('k', 'two words'), 'tag:k="two words"'],
    [AssetSelection.kinds('csv').and(AssetSelection.owners('team:data')), 'kind:csv and owner:team:data'],
    [AssetSelection.status('stale'), 'status:stale'],
    [AssetSelection.status('stale', 'missing').downstream(), '(status:stale or status:missing)+'],
    [AssetSelection.keys('a').or(AssetSelection.keys('b', 'c')).and(AssetSelection.keys('d')), '(a or b or c) and d'],
    [AssetSelection.keys('a').upstream(2).downstream(), '(2+a)+'],
    [AssetSelection.keys('a', 'b').not(), 'not (a or b)'],
    [AssetSelection.keys('a').not().upstream(), '+(not a)'],
    [AssetSelection.keys('and', '2'), 'key:"and" or key:"2"'],
    [AssetSelection.owners('a+b@example.com'), 'owner:"a+b@example.com"'],
  ]
  test.each(cases)('%s', (selection, text) => {
    expect(printSelection(selection)).toBe(text)
    expect(parseSelection(text).node).toEqual(selection.node)
  })

  test('reads as the selection language where a text is wanted', () => {
    expect(`${AssetSelection.groups('x')}`).toBe('group:x')
  })

  test('leaves the selection it starts from as it was', () => {
    const selection = AssetSelection.keys('a')
    selection.or(AssetSelection.keys('b'))
    expect(printSelection(selection)).toBe('a')
  })

  test('refuses to select from nothing, undefined and depths that are none', () => {
    expect(() => AssetSelection.keys()).toThrow('AssetSelection.keys() was called with nothing to select')
    expect(() => AssetSelection.keys(undefined as never)).toThrow('neither an asset nor a key')
    expect(() => AssetSelection.status()).toThrow('AssetSelection.status() was called with nothing to select')
    expect(() => AssetSelection.status('stael' as never)).toThrow(
      'AssetSelection.status(): "stael" is none of stale, missing, fresh, failed, materialized.',
    )
    expect(() => AssetSelection.all().upstream(0)).toThrow('upstream(0): a depth is a whole number of 1 or more')
    expect(() => AssetSelection.all().downstream(1.5)).toThrow('downstream(1.5)')
  })

  test('is known by its brand', () => {
    expect(isAssetSelection(AssetSelection.all())).toBe(true)
    expect(isAssetSelection({ node: { type: 'all' } })).toBe(false)
  })
})

describe('printing', () => {
  test('gives a text that reads as the same selection, whatever the selection', () => {
    const random = numbersFrom(20_260_101)
    for (let round = 0; round < 3_000; round += 1) {
      const node = randomNode(random, 4)
      const text = parseSelection(printSelection({ ...AssetSelection.all(), node })).node
      expect(text, printSelection({ ...AssetSelection.all(), node })).toEqual(node)
    }
  })
})

/** Any selection that can be built, of words that need quotes and words that don't. */
function randomNode(random: (below: number) => number, depth: number): SelectionNode {
  const words = [
    'a',
    'raw/b',
    '2',
    '10',
    'and',
    'Or',
    'not',
    'x.y-z',
    'w*',
    '*',
    'a b',
    'q"\\',
    'k=v',
    'a+b',
    '(',
    'team:x',
    'é',
    'group:x',
    '',
  ]
  const word = (): string => words[random(words.length)] as string
  const some = (): SelectionNode => randomNode(random, depth - 1)
  switch (random(depth > 0 ? 9 : 5)) {
    case 0:
      return { type: 'all' }
    case 1:
      return keyNode(word())
    case 2:
      return { type: (['group', 'kind', 'owner'] as const)[random(3)] ?? 'group', pattern: word() }
    case 3:
      return { type: 'tag', key: word(), value: random(3) === 0 ? null : word() }
    case 4:
      return { type: 'status', status: selectionStatuses[random(selectionStatuses.length)] ?? 'stale' }
    case 5:
      return { type: 'not', operand: some() }
    case 6:
      return { type: 'traverse', operand: some(), upstream: random(2) === 0 ? 'all' : 1 + random(20) }
    case 7:
      return { type: 'traverse', operand: some(), downstream: 1 + random(20), ...(random(2) === 0 && { upstream: 'all' as const }) }
    default:
      return joinedNode(random(2) === 0 ? 'and' : 'or', Array.from({ length: 1 + random(3) }, some))
  }
}

/** The same numbers each time (mulberry32), so that what fails once fails again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
