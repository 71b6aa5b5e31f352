import { describe, expect, test } from 'vitest'
import { isAsset } from './asset.ts'
import { externalAsset } from './external-asset.ts'
import { ioManager } from './io-manager.ts'
import { observableAsset, type ObservationContext } from './observable-asset.ts'
import { isObservation, observation } from './observation.ts'
import { resource } from './resource.ts'
import { valueType } from './value-type.ts'

const files = ioManager({ name: 'files', save: () => {}, load: () => 1 })
const clock = resource({ name: 'clock', create: () => 7 })

describe('an external asset', () => {
  test('is an asset that nothing is run for', () => {
    const orders = externalAsset({
      key: 'raw/orders',
      group: 'shop',
      kinds: ['postgres'],
      deps: ['raw/log'],
      ioManager: files,
      value: valueType<number>(),
    })
    expect(isAsset(orders)).toBe(true)
    expect(orders).toMatchObject({
      key: 'raw/orders',
      group: 'shop',
      kinds: ['postgres'],
      inputs: {},
      upstreamKeys: ['raw/log'],
      ioManager: files,
      origin: { kind: 'external' },
      checks: [],
      config: undefined,
      resources: {},
      retries: undefined,
    })
  })

  test('has no function to call', () => {
    const call: () => unknown = externalAsset({ key: 'raw/orders' }).materialize
    expect(call).toThrow('Asset "raw/orders" is external: it is made elsewhere, so it has no function of its own to call.')
  })

  test('is refused where an option is wrong', () => {
    expect(() => externalAsset({ key: '../secrets' })).toThrow('"../secrets" can\'t be an asset key')
    expect(() => externalAsset({ key: 'x', ioManager: {} as never })).toThrow('asset "x": ioManager was not made by')
  })
})

describe('an observable asset', () => {
  const catalog = observableAsset({
    key: 'vendor/catalog',
    codeVersion: '2',
    resources: { clock },
    retries: { max: 1 },
    timeout: '1 minute',
    ioManager: files,
    observe: (_inputs, { assetKey }) => observation({ dataVersion: assetKey, metadata: { bytes: 1 }, tags: { a: 'b' } }),
  })

  test('is an asset with a function that looks at it', () => {
    expect(isAsset(catalog)).toBe(true)
    expect(catalog).toMatchObject({
      key: 'vendor/catalog',
      codeVersion: '2',
      upstreamKeys: [],
      ioManager: files,
      origin: { kind: 'observable' },
      resources: { clock },
      retries: { max: 1 },
      timeoutMs: 60_000,
    })
  })

  test('gives what the function returns to a direct call', () => {
    const found = catalog.observe({}, { assetKey: 'vendor/catalog' } as ObservationContext<undefined, { readonly clock: number }>)
    expect(found).toMatchObject({ dataVersion: 'vendor/catalog', metadata: { bytes: 1 }, tags: { a: 'b' } })
    expect(isObservation(found)).toBe(true)
    expect(isObservation({ dataVersion: 'x' })).toBe(false)
  })

  test('says what was read from a context that there is not', () => {
    expect(() => catalog.observe({})).toThrow(
      'Asset "vendor/catalog" reads "assetKey" from its context, but observe() was called without one.',
    )
  })

  test('is not made', () => {
    const call: () => unknown = catalog.materialize
    expect(call).toThrow('Asset "vendor/catalog" is observed, not made, so it has no function of its own to call.')
  })

  test('is refused without its function', () => {
    expect(() => observableAsset({ key: 'x', observe: undefined as never })).toThrow('asset "x": observe is undefined, not a function')
  })
})
