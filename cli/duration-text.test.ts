import { describe, expect, it } from 'vitest'
import { ageText, durationText } from './duration-text.ts'

describe('durationText', () => {
  it.each([
    [0, '0 ms'],
    [412.4, '412 ms'],
    [999.6, '1.0 s'],
    [3_240, '3.2 s'],
    [59_960, '1m 00s'],
    [125_000, '2m 05s'],
    [3_599_600, '1h 00m'],
    [3_720_000, '1h 02m'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })
})

describe('ageText', () => {
  const now = new Date('2026-03-01T12:00:00Z')
  it.each([
    ['2026-03-01T11:59:58Z', 'now'],
    ['2026-03-01T12:00:09Z', 'now'],
    ['2026-03-01T11:59:20Z', '40 s ago'],
    ['2026-03-01T11:57:00Z', '3 min ago'],
    ['2026-03-01T07:00:00Z', '5 h ago'],
    ['2026-02-27T12:00:00Z', '2 d ago'],
    ['2025-12-01T12:00:00Z', '2025-12-01'],
  ])('writes %s as %s', (time, text) => {
    expect(ageText(new Date(time), now)).toBe(text)
  })
})
