import { describe, expect, test } from 'vitest'
import { maximumRetryDelayMs, retryDelayMs, type RetryOptions, retryPolicy } from './retry-policy.ts'

const delays = (options: Omit<RetryOptions, 'max'>, random = 0.5) => {
  const policy = retryPolicy({ max: 10, ...options }, 'asset "a"')
  return [1, 2, 3, 4].map((retry) => retryDelayMs(policy, retry, random))
}

describe('the time before a retry', () => {
  test('is none where no delay is set', () => {
    expect(delays({})).toEqual([0, 0, 0, 0])
  })

  test('doubles each time, grows by itself or stays, as the backoff says', () => {
    expect(delays({ delay: '1s' })).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(delays({ delay: '1s', backoff: 'linear' })).toEqual([1_000, 2_000, 3_000, 4_000])
    expect(delays({ delay: '1s', backoff: 'constant' })).toEqual([1_000, 1_000, 1_000, 1_000])
  })

  test('is with jitter from half of it to all', () => {
    expect(delays({ delay: 100, jitter: true }, 0)).toEqual([50, 100, 200, 400])
    expect(delays({ delay: 100, jitter: true }, 1)).toEqual([100, 200, 400, 800])
  })

  test('stops growing at an hour, after any number of retries', () => {
    const policy = retryPolicy({ max: 1_000, delay: '1 minute' }, 'asset "a"')
    expect(retryDelayMs(policy, 1_000, 0)).toBe(maximumRetryDelayMs)
  })

  test('is more than an hour where the delay itself is', () => {
    expect(delays({ delay: '2 hours' })).toEqual([7_200_000, 7_200_000, 7_200_000, 7_200_000])
  })
})

describe('a retry policy', () => {
  test.each([-1, 1.5, 1_001, Number.NaN, '3' as never])('refuses %s tries', (max) => {
    expect(() => retryPolicy({ max }, 'asset "a"')).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(`asset "a": retries.max is ${max}`) }),
    )
  })

  test('refuses a delay that is no duration', () => {
    expect(() => retryPolicy({ max: 1, delay: 'later' as never }, 'asset "a"')).toThrow('asset "a": retries.delay is "later"')
  })

  test.each([
    ['backoff', { backoff: 'linear' as const }],
    ['jitter', { jitter: true }],
  ])('refuses %s without the delay that it would change', (name, options) => {
    expect(() => retryPolicy({ max: 1, ...options }, 'asset "a"')).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(`asset "a": retries.${name} is given without`) }),
    )
    expect(retryPolicy({ max: 1, delay: 0, ...options }, 'asset "a"')).toMatchObject({ delayMs: 0, ...options })
  })

  test('may say that there is no jitter where there is no delay', () => {
    expect(retryPolicy({ max: 1, jitter: false }, 'asset "a"')).toMatchObject({ delayMs: 0, jitter: false })
  })
})
