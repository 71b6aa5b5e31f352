import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../client/index.ts'
import { colorsFor } from '../terminal.ts'
import { textWidth } from '../text.ts'
import { liveLines } from './live-lines.ts'
import { linesInTime } from './event-lines.ts'
import { RunState } from './run-state.ts'
import { createRunView } from './run-view.ts'
import { keyWidthOf, newsLine } from './step-line.ts'

const colors = colorsFor({}, {})

function event(type: RunEvent['type'], stepKey: string, data: RunEvent['data'] = {}): RunEvent {
  return { seq: 1, type, time: '2026-01-01T00:00:00.000Z', stepKey, assetKey: stepKey, partitionKey: null, attempt: 1, data }
}

function stateOf(keys: readonly string[]): RunState {
  return new RunState({ status: 'STARTED', stepCount: keys.length, assetKeys: keys })
}

const thousands = Array.from({ length: 5_000 }, (_, index) => `raw/some_asset_with_a_long_name_${index}`)

describe('live lines', () => {
  it('stay within 80 columns and ten lines with 5,000 steps of which hundreds run', () => {
    const state = stateOf(thousands)
    for (const key of thousands.slice(0, 400)) state.apply(event('STEP_START', key))
    state.apply(event('STEP_FAILURE', thousands[0] ?? ''))
    const lines = liveLines(state, { colors, columns: 79, keyWidth: keyWidthOf(thousands), elapsedMs: 61_000, now: Date.now() })
    expect(lines).toHaveLength(10)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(79)
    expect(lines.at(-2)).toBe('  and 391 more at work')
    expect(lines.at(-1)).toContain('1 of 5,000 · 399 running · 1 failed · 1m 01s')
  })

  it('fill the bar only when every step has ended', () => {
    const state = stateOf(['a', 'b'])
    const frame = { colors, columns: 79, keyWidth: 8, elapsedMs: 0, now: 0 }
    state.apply(event('ASSET_MATERIALIZATION', 'a'))
    expect(liveLines(state, frame).at(-1)).toMatch(/^━{12}─{12} {2}1 of 2/)
    state.apply(event('ASSET_MATERIALIZATION', 'b'))
    expect(liveLines(state, frame).at(-1)).toMatch(/^━{24} {2}2 of 2/)
  })
})

describe('a line about a step', () => {
  it('stays within the width, on one line, whatever its error says', () => {
    const state = stateOf(thousands)
    const error = { name: 'Error', message: `first\nsecond ${'x'.repeat(200)}`, stack: null, code: null, metadata: null, cause: null }
    const news = state.apply(event('STEP_FAILURE', thousands[4_999] ?? '', { error, durationMs: 12 }))
    const line = news === undefined ? '' : newsLine(news, { colors, columns: 79, keyWidth: keyWidthOf(thousands) })
    expect(textWidth(line)).toBeLessThanOrEqual(79)
    expect(line).toContain('Error: first second')
    expect(line).not.toContain('\n')
  })
})

describe('lines about steps of every kind', () => {
  const linesOf = (...events: readonly RunEvent[]): readonly string[] => {
    const state = stateOf(['orders'])
    return events.flatMap((each) => {
      const news = state.apply(each)
      return news === undefined ? [] : [newsLine(news, { colors, columns: 79, keyWidth: 14 })]
    })
  }
  const check = (stepKey: string, data: RunEvent['data']) => event('ASSET_CHECK_EVALUATION', stepKey, data)

  it('say in a word what came of a check, and of an asset’s own checks what did not pass', () => {
    const found = { checkName: 'unique', severity: 'ERROR', metadata: { twice: { type: 'int', value: 2 } } } as const
    expect(
      linesOf(
        check('orders:unique', { ...found, passed: true }),
        check('orders:fresh', { checkName: 'fresh', passed: false, severity: 'WARN', description: 'a day\nold' }),
        event('ASSET_MATERIALIZATION', 'orders', { durationMs: 12 }),
        check('orders', { ...found, passed: false, description: 'rows come twice' }),
      ),
    ).toEqual([
      '✓ orders:unique   PASSED             twice: 2',
      '! orders:fresh    WARN               a day old',
      '✓ orders          SUCCESS     12 ms',
      '✗ orders          FAILED      12 ms  unique  rows come twice  twice: 2',
    ])
  })

  it('say what an op took, which version was found, and why something was skipped', () => {
    expect(
      linesOf(
        event('STEP_SUCCESS', 'clean[k1]', { durationMs: 40, metadata: { mails: { type: 'int', value: 3 } } }),
        event('ASSET_OBSERVATION', 'raw', { dataVersion: 'v7', metadata: { rows: { type: 'int', value: 1 } } }),
        event('STEP_SKIPPED', 'send', { because: 'clean[k1]', why: 'missing' }),
        event('STEP_SKIPPED', 'mail', { because: 'fetch', why: 'failed' }),
      ),
    ).toEqual([
      '✓ clean[k1]       SUCCESS     40 ms  mails: 3',
      '✓ raw             SUCCESS            version v7  1 row',
      '○ send            SKIPPED            because clean[k1] gave no output for it',
      '○ mail            SKIPPED            because fetch failed',
    ])
  })
})

describe('the lines of a log', () => {
  it('name assets, checks and steps by what the entry is about', () => {
    const of = (type: RunEvent['type'], stepKey: string, data: RunEvent['data'] = {}) => ({
      ...event(type, stepKey, data),
      assetKey: 'orders',
    })
    const found = { checkName: 'unique', severity: 'WARN', blocking: true, description: '2 twice' } as const
    const texts = linesInTime(
      [
        of('STEP_START', 'orders.clean', { worker: 'w' }),
        of('STEP_SUCCESS', 'orders.clean', { durationMs: 5, metadata: { mails: { type: 'int', value: 3 } } }),
        of('ASSET_MATERIALIZATION', 'orders.save', { durationMs: 7, metadata: { rows: { type: 'int', value: 1 } } }),
        of('ASSET_CHECK_EVALUATION', 'orders:unique', { ...found, passed: false }),
        of('ASSET_CHECK_EVALUATION', 'orders', { ...found, passed: true, description: null }),
        of('ASSET_OBSERVATION', 'orders', { dataVersion: 'v1' }),
        of('STEP_SKIPPED', 'orders.mail', { because: 'orders.clean', why: 'missing' }),
      ],
      colors,
    )
    expect(texts.map((text) => text.slice(14))).toEqual([
      'STEP_START              orders.clean  w',
      'STEP_SUCCESS            orders.clean  5 ms  mails: 3',
      'ASSET_MATERIALIZATION   orders  7 ms  1 row',
      'ASSET_CHECK_EVALUATION  orders:unique  failed, severity WARN, blocking  2 twice',
      'ASSET_CHECK_EVALUATION  orders:unique  passed',
      'ASSET_OBSERVATION       orders  version v1',
      'STEP_SKIPPED            orders.mail  because orders.clean gave no output for it',
    ])
  })

  const at = (time: string, entry: RunEvent): RunEvent => ({ ...entry, time: `2026-01-01T00:00:${time}Z` })

  it('stand in the order of their times, also those that one entry holds', () => {
    const line = (time: string, message: string) => ({
      time: `2026-01-01T00:00:${time}Z`,
      level: 'info' as const,
      source: 'log' as const,
      message,
      fields: null,
    })
    const log = at('03.000', event('LOG', 'a', { lines: [line('01.500', 'early'), line('02.500', 'late')] }))
    const texts = linesInTime([at('02.000', event('STEP_START', 'b')), log, at('01.000', event('STEP_START', 'a'))], colors)
    expect(texts.map((text) => text.slice(6, 12))).toEqual(['01.000', '01.500', '02.000', '02.500'])
  })

  it('tell the metadata of a Failure, and of a documented error its code and no frames of ours', () => {
    const stack = 'AssetryError: no\n    at store (/app/node_modules/assetry/dist/io/a.js:1:2)\n    at make (/app/definitions.ts:3:4)'
    const error = { name: 'AssetryError', message: 'no', stack, code: 'VALUE_NOT_STORABLE', metadata: null, cause: null }
    const cause = { ...error, name: 'Failure', stack: null, code: null, metadata: { file: { type: 'path' as const, value: 'orders.csv' } } }
    const [text = ''] = linesInTime([event('STEP_FAILURE', 'a', { error: { ...error, cause } })], colors)
    expect(
      text
        .split('\n')
        .slice(1)
        .map((line) => line.trim()),
    ).toEqual(['VALUE_NOT_STORABLE: no', 'at make (/app/definitions.ts:3:4)', 'Failure: no', 'file: orders.csv'])
  })
})

describe('createRunView', () => {
  it('writes a plain line for each step where there is no terminal', () => {
    const written: string[] = []
    const view = createRunView(stateOf(['orders']), { write: (text) => written.push(text) })
    view.event(event('STEP_START', 'orders'))
    view.event(event('ASSET_MATERIALIZATION', 'orders', { durationMs: 1_234, metadata: { rows: { type: 'int', value: 7 } } }))
    view.end()
    expect(written).toEqual(['✓ orders    SUCCESS     1.2 s  7 rows\n'])
  })

  it('writes the whole key of a step that was not known before, however long, where there is no terminal', () => {
    const written: string[] = []
    const view = createRunView(stateOf([]), { write: (text) => written.push(text) })
    const key = 'revenue.total_of_one_region_and_month[north-west]'
    view.event(event('STEP_SUCCESS', 'list', { durationMs: 1 }))
    view.event(event('STEP_SUCCESS', key, { durationMs: 1 }))
    expect(written[1]).toBe(`✓ ${key}  SUCCESS      1 ms\n`)
  })

  it('shows of a large run on a terminal its failures and counts, not every success', () => {
    const written: string[] = []
    const view = createRunView(stateOf(thousands), { isTTY: true, columns: 80, write: (text) => written.push(text) })
    for (const key of thousands.slice(0, 500)) view.event(event('ASSET_MATERIALIZATION', key))
    view.event(event('STEP_FAILURE', thousands[500] ?? ''))
    view.end()
    const text = stripVTControlCharacters(written.join(''))
    expect(text).toContain('501 of 5,000')
    expect(text.match(/FAILURE/g)).toHaveLength(1)
    expect(text).not.toContain('SUCCESS')
  })
})
