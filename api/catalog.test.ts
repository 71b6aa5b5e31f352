import { describe, expect, it } from 'vitest'
import type { CodeLocation } from '../metadata/stores/code-location-store.ts'
import type { AssetSnapshot } from '../planning/snapshot.ts'
import { assetOf, catalogOf, jobOf } from './catalog.ts'

function assetSnapshot(key: string, upstreamKeys: readonly string[] = []): AssetSnapshot {
  return {
    key,
    group: 'default',
    description: null,
    owners: [],
    tags: {},
    kinds: [],
    metadata: {},
    codeVersion: null,
    inputs: [],
    upstreamKeys,
    resources: [],
    ioManager: 'memory',
    partitions: null,
    retries: null,
    timeoutMs: null,
    heartbeatTimeoutMs: null,
    config: null,
    origin: 'function',
    multiAsset: null,
    graph: null,
    checks: [],
  }
}

function location(name: string, assets: readonly AssetSnapshot[], jobNames: readonly string[] = []): CodeLocation {
  const jobs = jobNames.map((job) => ({
    name: job,
    description: null,
    tags: {},
    selection: '*',
    assetKeys: assets.map(({ key }) => key),
    runConfig: {},
    graph: null,
  }))
  return { name, snapshotHash: name, registeredAt: new Date(0), snapshot: { version: 1, assets, jobs, resources: [] } }
}

describe('the catalog', () => {
  it('has the assets of all locations in the order of their keys', () => {
    const catalog = catalogOf([location('two', [assetSnapshot('b')]), location('one', [assetSnapshot('c'), assetSnapshot('a')])])
    expect([...catalog.assets.values()].map(({ key, codeLocation }) => [key, codeLocation])).toEqual([
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'one'],
    ])
  })

  it('takes what two locations have from the one whose name comes first', () => {
    const catalog = catalogOf([location('two', [assetSnapshot('a')], ['nightly']), location('one', [assetSnapshot('a')], ['nightly'])])
    expect(assetOf(catalog, 'a').codeLocation).toBe('one')
    expect(jobOf(catalog, 'nightly').codeLocation).toBe('one')
  })

  it('stands where two locations have the same assets in opposite orders', () => {
    const one = location('one', [assetSnapshot('a'), assetSnapshot('b', ['a'])])
    const two = location('two', [assetSnapshot('b'), assetSnapshot('a', ['b']), assetSnapshot('c', ['a'])])
    expect(catalogOf([one, two]).graph.order).toEqual(['a', 'b', 'c'])
  })

  it('names the nearest asset and job for one that it lacks', () => {
    const catalog = catalogOf([location('one', [assetSnapshot('orders')], ['nightly'])])
    expect(() => assetOf(catalog, 'ordres')).toThrow('There is no asset "ordres". Did you mean "orders"?')
    expect(() => jobOf(catalog, 'nigthly')).toThrow('Did you mean "nightly"?')
  })
})
