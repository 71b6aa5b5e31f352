import { describe, expect, test } from 'vitest'
import { isAssetryError } from './errors.ts'
import { parseSelectionNode } from './selection-parser.ts'
import type { SelectionNode } from './selection-syntax.ts'

const key = (pattern: string): SelectionNode => ({ type: 'key', pattern })
const [a, b, c] = [key('a'), key('b'), key('c')]

function messageFor(text: string): string {
  try {
    parseSelectionNode(text)
  } catch (error) {
    if (isAssetryError(error) && error.code === 'SELECTION_SYNTAX') return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(text)} was read without an error`)
}

describe('what can be written', () => {
  const cases: readonly (readonly [string, SelectionNode])[] = [
    ['a', a],
    ['raw/orders.v2-x', key('raw/orders.v2-x')],
    ['raw/*', key('raw/*')],
    ['key:a', a],
    ['key:"raw/*"', key('raw/*')],
    ['"and"', key('and')],
    ['*', { type: 'all' }],
    ['key:*', { type: 'all' }],
    ['android', key('android')],
    ['group:reports', { type: 'group', pattern: 'reports' }],
    ['group:"re ports"', { type: 'group', pattern: 're ports' }],
    ['kind:csv', { type: 'kind', pattern: 'csv' }],
    ['owner:team:data', { type: 'owner', pattern: 'team:data' }],
    ['owner:ann@example.com', { type: 'owner', pattern: 'ann@example.com' }],
    ['tag:k', { type: 'tag', key: 'k', value: null }],
    ['tag:k=v', { type: 'tag', key: 'k', value: 'v' }],
    ['tag:k=""', { type: 'tag', key: 'k', value: '' }],
    ['tag:"k k"="v=\\"1\\" \\\\"', { type: 'tag', key: 'k k', value: 'v="1" \\' }],
    ['status:stale', { type: 'status', status: 'stale' }],
    ['status:STALE', { type: 'status', status: 'stale' }],
    ['status:"missing"', { type: 'status', status: 'missing' }],
    ['status:stale+', { type: 'traverse', operand: { type: 'status', status: 'stale' }, downstream: 'all' }],
    [
      'status:failed and not status:fresh',
      {
        type: 'and',
        operands: [
          { type: 'status', status: 'failed' },
          { type: 'not', operand: { type: 'status', status: 'fresh' } },
        ],
      },
    ],
    ['+a', { type: 'traverse', operand: a, upstream: 'all' }],
    ['a+', { type: 'traverse', operand: a, downstream: 'all' }],
    ['2+a', { type: 'traverse', operand: a, upstream: 2 }],
    ['a+2', { type: 'traverse', operand: a, downstream: 2 }],
    ['+a+', { type: 'traverse', operand: a, upstream: 'all', downstream: 'all' }],
    ['1+a+12', { type: 'traverse', operand: a, upstream: 1, downstream: 12 }],
    ['2', key('2')],
    ['2+', { type: 'traverse', operand: key('2'), downstream: 'all' }],
    ['2+ or a', { type: 'or', operands: [{ type: 'traverse', operand: key('2'), downstream: 'all' }, a] }],
    ['2+2', { type: 'traverse', operand: key('2'), upstream: 2 }],
    ['2a+', { type: 'traverse', operand: key('2a'), downstream: 'all' }],
    ['+(a or b)', { type: 'traverse', operand: { type: 'or', operands: [a, b] }, upstream: 'all' }],
    ['3+(a)+1', { type: 'traverse', operand: a, upstream: 3, downstream: 1 }],
    ['(+a)+', { type: 'traverse', operand: { type: 'traverse', operand: a, upstream: 'all' }, downstream: 'all' }],
    ['+group:x', { type: 'traverse', operand: { type: 'group', pattern: 'x' }, upstream: 'all' }],
    ['tag:k+', { type: 'traverse', operand: { type: 'tag', key: 'k', value: null }, downstream: 'all' }],
    ['a and b', { type: 'and', operands: [a, b] }],
    ['a AND b Or c', { type: 'or', operands: [{ type: 'and', operands: [a, b] }, c] }],
    ['not(a)', { type: 'not', operand: a }],
    ['not not a', { type: 'not', operand: { type: 'not', operand: a } }],
    ['  a\n or\tb  ', { type: 'or', operands: [a, b] }],
    [
      'tag:k or tag:j=1',
      {
        type: 'or',
        operands: [
          { type: 'tag', key: 'k', value: null },
          { type: 'tag', key: 'j', value: '1' },
        ],
      },
    ],
  ]
  test.each(cases)('%s', (text, node) => {
    expect(parseSelectionNode(text)).toEqual(node)
  })
})

describe('precedence', () => {
  test('"not" binds closer than "and", "and" closer than "or"', () => {
    expect(parseSelectionNode('not a and b or c')).toEqual(parseSelectionNode('((not a) and b) or c'))
    expect(parseSelectionNode('a or b and not c')).toEqual(parseSelectionNode('a or (b and (not c))'))
  })

  test('a plus binds closer than "not"', () => {
    expect(parseSelectionNode('not +a+')).toEqual(parseSelectionNode('not (+a+)'))
  })

  test('joining the joined makes one list', () => {
    expect(parseSelectionNode('a or (b or c)')).toEqual({ type: 'or', operands: [a, b, c] })
  })
})

describe('what can not be written', () => {
  test('is refused with a mark under the place and what was expected there', () => {
    expect(messageFor('raw/orders and or b')).toBe(
      [
        'The selection can\'t be read at character 16: expected an asset key, an attribute such as group:reports, "*", "not" or "(", found "or".',
        '  raw/orders and or b',
        '                 ^',
      ].join('\n'),
    )
  })

  test('a comma is no operator, and the words that are get named', () => {
    expect(messageFor('a, b')).toContain('found ",". Join selections with "or", "and" and "not".')
  })

  test('an unknown attribute gets the nearest one named', () => {
    expect(messageFor('grop:x')).toContain(
      'expected one of key:, group:, tag:, kind:, owner:, status:, found "grop:x". Did you mean "group"?',
    )
  })

  test('an unknown status gets all of them named, and the nearest one', () => {
    expect(messageFor('a or status:stalee')).toBe(
      [
        'The selection can\'t be read at character 13: expected one of stale, missing, fresh, failed, materialized, found "stalee". Did you mean "stale"?',
        '  a or status:stalee',
        '              ^',
      ].join('\n'),
    )
    expect(messageFor('status:"stal"')).toContain('found "stal". Did you mean "stale"?')
    expect(messageFor('status:*')).toContain('expected one of stale, missing, fresh, failed, materialized, found "*".')
  })

  const refusals: readonly (readonly [string, string])[] = [
    ['', 'The selection is empty'],
    ['   ', 'The selection is empty'],
    ['a b', 'character 3: expected "and", "or" or the end, found "b"'],
    ['a and', 'character 6: expected an asset key'],
    ['not', 'character 4: expected an asset key'],
    ['(a', 'character 3: expected "and", "or" or ")", found the end'],
    ['a)', 'character 2: expected "and", "or" or the end, found ")"'],
    ['()', 'character 2: expected an asset key'],
    ['++a', 'character 2: expected an asset key'],
    ['a++', 'character 3: expected "and", "or" or the end, found "+"'],
    ['a+b', 'character 3: expected "and", "or" or the end'],
    ['0+a', 'character 1: expected a depth of 1 or more'],
    ['a+0', 'character 3: expected a depth of 1 or more'],
    ['99999999999999999999+a', 'character 1: expected a depth of 1 or more'],
    ['group:', 'character 7: expected a value after group:'],
    ['group: x', 'character 7: expected a value after group:'],
    ['status:', 'character 8: expected a status such as stale, found the end'],
    ['tag:=v', 'character 5: expected the name of a tag'],
    ['tag:k=', 'character 7: expected a value of tag k, or ""'],
    ['key:"x', 'character 7: expected a closing quote, found the end'],
    ['größe', 'character 3: expected "and", "or" or the end, found "ö"'],
    ['a or 😀', 'character 6: expected an asset key, an attribute such as group:reports, "*", "not" or "(", found "😀"'],
  ]
  test.each(refusals)('%j', (text, part) => {
    expect(messageFor(text)).toContain(part)
  })

  test('a mistake in a long text is shown with what stands around it, on one line', () => {
    const [, line, mark] = messageFor(`${'a or\n'.repeat(100)}, b ${'or a '.repeat(100)}`).split('\n') as [string, string, string]
    expect(line).toMatch(/^ {2}….*….?$/)
    expect(line.length).toBeLessThan(110)
    expect(line[mark.indexOf('^')]).toBe(',')
  })

  test('nesting without end is refused before the stack is full', () => {
    expect(messageFor('('.repeat(50_000))).toContain('no more than 100 levels')
    expect(messageFor('not '.repeat(50_000))).toContain('no more than 100 levels')
    expect(parseSelectionNode(`${'('.repeat(100)}a${')'.repeat(100)}`)).toEqual(a)
  })

  test('a long list side by side is no nesting', () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `asset_${index}`).join(' or ')
    expect(parseSelectionNode(text)).toMatchObject({ type: 'or', operands: { length: 5_000 } })
    expect(parseSelectionNode(Array.from({ length: 500 }, () => '(a)').join(' and '))).toMatchObject({ operands: { length: 500 } })
  })
})
