import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { asset, type OutputOf } from './asset.ts'
import { externalAsset } from './external-asset.ts'
import { observableAsset } from './observable-asset.ts'
import { observation } from './observation.ts'
import { resource } from './resource.ts'
import { valueType } from './value-type.ts'

interface Row {
  id: number
}

const clock = resource({ name: 'clock', create: () => ({ now: (): number => 7 }) })

describe('an external asset', () => {
  test('has the type of value that it says, else none', () => {
    const typed = externalAsset({ key: 'raw/orders', value: valueType<Row[]>() })
    const explicit = externalAsset<Row[]>({ key: 'raw/orders' })
    const untyped = externalAsset({ key: 'raw/orders' })
    expectTypeOf<OutputOf<typeof typed>>().toEqualTypeOf<Row[]>()
    expectTypeOf<OutputOf<typeof explicit>>().toEqualTypeOf<Row[]>()
    expectTypeOf<OutputOf<typeof untyped>>().toEqualTypeOf<unknown>()
    expectTypeOf(typed.key).toEqualTypeOf<'raw/orders'>()
    asset({ key: 'x', inputs: { typed }, deps: [untyped], materialize: ({ typed }) => typed.map(({ id }) => id) })
  })

  test('has no function', () => {
    // @ts-expect-error it is made elsewhere
    externalAsset({ key: 'raw/orders', materialize: () => 1 })
    // @ts-expect-error it is made elsewhere
    externalAsset({ key: 'raw/orders' }).materialize({})
    // @ts-expect-error nothing is run that could be tried again
    externalAsset({ key: 'raw/orders', retries: { max: 1 } })
  })
})

describe('an observable asset', () => {
  const source = externalAsset({ key: 'source', value: valueType<Row[]>() })

  test('gets what it declares', () => {
    const observed = observableAsset({
      key: 'vendor/catalog',
      value: valueType<Row[]>(),
      inputs: { source },
      config: z.object({ url: z.string() }),
      resources: { time: clock },
      observe: async ({ source }, { config, resources, assetKey, addMetadata }) => {
        addMetadata({ rows: source.length })
        return Promise.resolve(observation({ dataVersion: `${config.url} ${resources.time.now()} ${assetKey}`, tags: { a: 'b' } }))
      },
    })
    expectTypeOf<OutputOf<typeof observed>>().toEqualTypeOf<Row[]>()
    expectTypeOf(observed.key).toEqualTypeOf<'vendor/catalog'>()
    expectTypeOf(observed.observe).parameter(0).toEqualTypeOf<{ readonly source: Row[] }>()
  })

  test('says a data version, or more, and nothing else', () => {
    observableAsset({ key: 'x', observe: () => 'v1' })
    observableAsset({ key: 'x', observe: async () => Promise.resolve('v1') })
    observableAsset({ key: 'x', observe: () => observation({ metadata: { bytes: 1 } }) })
    // @ts-expect-error nothing
    observableAsset({ key: 'x', observe: () => {} })
    // @ts-expect-error a number is no version
    observableAsset({ key: 'x', observe: () => 1 })
    // @ts-expect-error facts go by observation()
    observableAsset({ key: 'x', observe: () => ({ dataVersion: 'v1' }) })
    // @ts-expect-error a number is no version
    observation({ dataVersion: 1 })
    // @ts-expect-error it is called dataVersion
    observation({ version: 'v1' })
  })

  test('is not made, and reports no checks of its own', () => {
    const observed = observableAsset({ key: 'x', observe: () => 'v1' })
    // @ts-expect-error it is looked at
    observed.materialize({})
    // @ts-expect-error nothing to do
    observableAsset({ key: 'x' })
    // @ts-expect-error for that there is assetCheck()
    observableAsset({ key: 'x', observe: (_inputs, { reportCheck }) => String(reportCheck) })
    // @ts-expect-error no such input
    observableAsset({ key: 'x', inputs: { source }, observe: ({ other }) => String(other) })
  })
})
