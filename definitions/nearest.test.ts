import { describe, expect, test } from 'vitest'
import { didYouMean, listed, nearestNames, nearestText } from './nearest.ts'

describe('the nearest names', () => {
  test('are those a slip away, nearest first', () => {
    expect(nearestNames('ordres', ['customers', 'orders_2', 'orders', 'odres'])).toEqual(['odres', 'orders'])
    expect(nearestNames('clean_orders', ['cleaned_orders', 'clean_order', 'orders'])).toEqual(['clean_order', 'cleaned_orders'])
  })

  test('include the name in another case or with a prefix', () => {
    expect(nearestNames('ORDERS', ['orders'])).toEqual(['orders'])
    expect(nearestNames('orders', ['warehouse/europe/orders'])).toEqual(['warehouse/europe/orders'])
    expect(nearestNames('a', ['b', 'raw/a'])).toEqual(['raw/a'])
    expect(nearestNames('trim', ['clean.trim', 'trimmed'])).toEqual(['clean.trim'])
  })

  test('are three at most, and none where nothing is near', () => {
    expect(nearestNames('abcd', ['abca', 'abcb', 'abcc', 'abce'])).toEqual(['abca', 'abcb', 'abcc'])
    expect(nearestNames('zebra', ['orders', 'customers'])).toEqual([])
  })
})

describe('a hint', () => {
  test('is a question where a name is near', () => {
    expect(nearestText('ordres', ['orders'])).toBe(' Did you mean "orders"?')
    expect(didYouMean('abcd', 'assets', ['abce', 'abcf'])).toBe('Did you mean "abce" or "abcf"?')
  })

  test('is nothing, or what there is, where none is near', () => {
    expect(nearestText('zebra', ['orders'])).toBe('')
    expect(didYouMean('zebra', 'assets', ['orders', 'customers'])).toBe('The assets are "orders" and "customers".')
    expect(didYouMean('zebra', 'jobs', [])).toBe('There are no jobs.')
  })

  test('lists the first ten of many', () => {
    const names = Array.from({ length: 14 }, (_, index) => `n${index}`)
    expect(listed(names, 'and')).toBe('"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9" and 4 more')
  })
})
