import { describe, expect, it } from 'vitest'
import { leftText, Pace, paceText } from './pace.ts'

describe('Pace', () => {
  it('says nothing before it has seen something for a while', () => {
    const pace = new Pace()
    expect(pace.perSecond).toBeUndefined()
    pace.note(0, 0)
    pace.note(50, 500)
    expect(pace.perSecond).toBeUndefined()
    pace.note(200, 2_000)
    expect(pace.perSecond).toBe(100)
  })

  it('is that of the last while, not of the whole', () => {
    const pace = new Pace()
    for (let second = 0; second <= 60; second += 1) pace.note(second * 1_000, second * 1_000)
    for (let second = 61; second <= 90; second += 1) pace.note(60_000, second * 1_000)
    expect(pace.perSecond).toBe(0)
  })

  it('begins anew where there are fewer than before', () => {
    const pace = new Pace()
    pace.note(0, 0)
    pace.note(1_000, 10_000)
    pace.note(900, 11_000)
    expect(pace.perSecond).toBeUndefined()
    pace.note(920, 13_000)
    expect(pace.perSecond).toBe(10)
  })
})

describe('texts of a pace', () => {
  it.each([
    [undefined, ''],
    [0, ''],
    [1_234.5, '1,235/s'],
    [2.54, '2.5/s'],
    [0.2, '12/min'],
    [0.001, '1/min'],
  ])('writes %s a second as %j', (perSecond, text) => {
    expect(paceText(perSecond)).toBe(text)
  })

  it('tells the time that is left, where it can be told', () => {
    expect(leftText(130, 10)).toBe('13 s left')
    expect(leftText(1_250, 10)).toBe('2m 05s left')
    expect(leftText(0, 10)).toBe('')
    expect(leftText(10, 0)).toBe('')
    expect(leftText(10, undefined)).toBe('')
  })
})
