import { describe, expect, it } from 'vitest'
import { dynamicPartitions, requireDynamicKeys } from './dynamic-partitions.ts'
import { hasPartition, lastPartition, partitionCount, partitionKeys, partitionKeysBackwards } from './partition-keys.ts'
import { partitionKeyRange } from './partition-range.ts'
import { requirePartition } from './partition-unknown.ts'
import { partitionWindow } from './partition-window.ts'
import { samePartitions } from './partitions-spec.ts'
import { partitionsText } from './partitions-text.ts'

const { spec } = dynamicPartitions('customers')
const now = new Date('2026-01-10')
const at = { now, dynamicKeys: new Map([['customers', ['zeta', 'acme', 'initech']]]) }

describe('dynamic partitions', () => {
  it('are the keys there are at the time, in the order in which they were added', () => {
    expect([...partitionKeys(spec, at)]).toEqual(['zeta', 'acme', 'initech'])
    expect([...partitionKeysBackwards(spec, at, 'acme')]).toEqual(['acme', 'zeta'])
    expect([partitionCount(spec, at), lastPartition(spec, at)]).toEqual([3, 'initech'])
    expect([hasPartition(spec, 'acme', at), hasPartition(spec, 'other', at)]).toEqual([true, false])
    expect([...partitionKeyRange(spec, 'zeta...acme', at)]).toEqual(['zeta', 'acme'])
    expect(partitionWindow(spec, 'whatever')).toBeUndefined()
  })

  it('may be none', () => {
    const none = { now, dynamicKeys: new Map([['customers', []]]) }
    expect([[...partitionKeys(spec, none)], [...partitionKeysBackwards(spec, none)], partitionCount(spec, none)]).toEqual([[], [], 0])
    expect(() => requirePartition(spec, 'acme', none)).toThrow(
      'There is no partition "acme". "customers" has no partitions yet; "assetry partition add customers KEY" adds one.',
    )
  })

  it('refuse a key that was not added and name the nearest', () => {
    expect(() => requirePartition(spec, 'akme', at)).toThrow(
      'There is no partition "akme". Nearest: "acme". The partitions of "customers" are "zeta", "acme" and "initech"; ' +
        '"assetry partition add customers KEY" adds one.',
    )
  })

  it.each([{ now }, { now, dynamicKeys: new Map([['others', ['a']]]) }])('ask for their keys where they are not given: %j', (missing) => {
    for (const call of [() => [...partitionKeys(spec, missing)], () => hasPartition(spec, 'acme', missing)]) {
      expect(call).toThrow(expect.objectContaining({ code: 'DYNAMIC_KEYS_MISSING' }))
      expect(call).toThrow('materialize() takes them as dynamicPartitions: {"customers":["…"]}')
    }
  })

  it('are the same by their name', () => {
    expect(samePartitions(spec, dynamicPartitions('customers').spec)).toBe(true)
    expect(samePartitions(spec, dynamicPartitions('others').spec)).toBe(false)
    expect(partitionsText(spec)).toBe('the dynamic partitions "customers"')
  })

  it.each(['', 'a b', 'a/b', 'x'.repeat(101), 7 as never])('are refused with the name %j', (name) => {
    expect(() => dynamicPartitions(name)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })

  it.each(['', 'a...b', 'a\nb', 'a|b', 'x'.repeat(256), 7 as never])('do not take the key %j', (key) => {
    expect(() => requireDynamicKeys('customers', ['acme', key])).toThrow(expect.objectContaining({ code: 'PARTITION_KEY_INVALID' }))
  })
})
