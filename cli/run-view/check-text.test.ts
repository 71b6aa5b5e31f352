import { describe, expect, it } from 'vitest'
import { checksSummary, checkText, type ShownCheck } from './check-text.ts'

const passed: ShownCheck = { passed: true, severity: 'ERROR', description: null, metadata: {} }
const failed: ShownCheck = { ...passed, passed: false, description: 'two\nrows' }
const warned: ShownCheck = { ...failed, severity: 'WARN' }

describe('checksSummary', () => {
  it.each([
    ['nothing where there are no checks', [], { text: '', worst: 'NONE' }],
    ['that none was evaluated', [null, null], { text: 'not run', worst: 'NONE' }],
    ['how many passed', [passed, null, passed], { text: '2 passed', worst: 'PASSED' }],
    ['a warning before what passed', [passed, warned, passed], { text: '1 warned', worst: 'WARN' }],
    ['a failure before all else', [warned, failed, warned, failed], { text: '2 failed', worst: 'FAILED' }],
  ] as const)('says %s', (_, latest, summary) => {
    expect(checksSummary(latest)).toEqual(summary)
  })
})

describe('checkText', () => {
  it('is one line', () => {
    expect(checkText({ ...failed, metadata: { twice: { type: 'int', value: 2 } } })).toBe('two rows  twice: 2')
  })
})
