import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { countArgument, durationArgument, portArgument, statusArgument, tagArgument } from './arguments.ts'

describe('arguments', () => {
  it('reads ports from 0 to 65535', () => {
    expect(portArgument('0')).toBe(0)
    expect(portArgument('65535')).toBe(65535)
    for (const text of ['65536', '-1', '3000x', '', '0x10', '1.5']) expect(() => portArgument(text)).toThrow(InvalidArgumentError)
  })

  it('reads counts of at least one', () => {
    expect(countArgument('20')).toBe(20)
    for (const text of ['0', '-1', '1.5', 'many']) expect(() => countArgument(text)).toThrow(InvalidArgumentError)
  })

  it('reads durations in milliseconds, and a number alone as seconds', () => {
    expect(durationArgument('90s')).toBe(90_000)
    expect(durationArgument('5m')).toBe(300_000)
    expect(durationArgument('2 hours')).toBe(7_200_000)
    expect(durationArgument('10')).toBe(10_000)
    for (const text of ['soon', '', '-5s']) expect(() => durationArgument(text)).toThrow(InvalidArgumentError)
  })

  it('collects tags, whose values may hold "=" and be empty', () => {
    expect(tagArgument('c=', tagArgument('b=x=y', tagArgument('a=1')))).toEqual({ a: '1', b: 'x=y', c: '' })
    for (const text of ['a', '=b']) expect(() => tagArgument(text)).toThrow(InvalidArgumentError)
  })

  it('collects statuses in small letters, with commas, and given again', () => {
    expect(statusArgument('canceled', statusArgument('failure,success'))).toEqual(['FAILURE', 'SUCCESS', 'CANCELED'])
    expect(() => statusArgument('done')).toThrow('QUEUED, STARTED')
  })
})
