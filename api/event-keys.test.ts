import { expect, it } from 'vitest'
import type { SignatureStyle } from '../definitions/webhook-signature.ts'
import type { SensorSnapshot } from '../planning/sensor-snapshot.ts'
import { eventKeys } from './event-keys.ts'

function keysOf(style: SignatureStyle | null, headers: Readonly<Record<string, string>>, events: readonly unknown[] = [{ id: 'evt_1' }]) {
  const signature = style && { style, environment: ['SECRET'], header: null, toleranceMs: 1 }
  const sensor = { events: { jsonSchema: null, perTick: 1, signature } } as unknown as SensorSnapshot
  return eventKeys(sensor, events, (name) => headers[name])
}

it('an event is named by what its sender says of it', () => {
  expect(keysOf(null, { 'idempotency-key': 'a', 'webhook-id': 'b' })).toEqual(['a'])
  expect(keysOf(null, { 'webhook-id': 'b' }, [{}, {}])).toEqual(['b:0', 'b:1'])
  expect(keysOf('github', { 'x-github-delivery': 'c' })).toEqual(['c'])
  expect(keysOf('stripe', {})).toEqual(['evt_1'])
})

it('an event that nothing names gets a name of its own', () => {
  const keys = keysOf(null, { 'x-github-delivery': 'c' }, [{ id: 'evt_1' }, { id: 'evt_1' }])
  expect([new Set(keys).size, keys.includes('c'), keys.includes('evt_1')]).toEqual([2, false, false])
})

it('what a signature covers cannot be given another name by whoever sends it again', () => {
  expect(keysOf('standard', { 'webhook-id': 'msg_1', 'idempotency-key': 'other' })).toEqual(['msg_1'])
  expect(keysOf('stripe', { 'webhook-id': 'other', 'idempotency-key': 'other' })).toEqual(['evt_1'])
})
