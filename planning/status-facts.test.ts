import { expect, test } from 'vitest'
import { type KnownAsset, statusFacts } from './status-facts.ts'
import type { VersionedAsset } from './staleness.ts'

const time = new Date(0)
const declared = (key: string, upstreamKeys: readonly string[] = [], origin: VersionedAsset['origin'] = 'function'): VersionedAsset => ({
  key,
  upstreamKeys,
  codeVersion: '1',
  origin,
  partitions: null,
})
const known = (status: KnownAsset['status'], codeVersion?: string): KnownAsset => ({
  status,
  materialized: codeVersion === undefined ? null : { codeVersion, inputVersions: null, begunAt: time },
  dataVersion: 'd',
  dataVersionAt: time,
})

test('an asset stands by its versions and by how its newest step came out, each for itself', () => {
  const assets = [
    declared('fresh'),
    declared('stale'),
    declared('below', ['stale']),
    declared('failed_since'),
    declared('failed_ever'),
    declared('seen_only'),
    declared('never'),
    declared('reported', [], 'external'),
    declared('watched', [], 'observable'),
    declared('unreachable', [], 'observable'),
    declared('unseen', [], 'external'),
  ]
  const facts = statusFacts(
    assets,
    new Map([
      ['fresh', known('MATERIALIZED', '1')],
      ['stale', known('MATERIALIZED', '0')],
      ['below', known('MATERIALIZED', '1')],
      ['failed_since', known('FAILED', '1')],
      ['failed_ever', known('FAILED')],
      ['seen_only', known('OBSERVED')],
      ['reported', known('MATERIALIZED', '0')],
      ['watched', known('OBSERVED')],
      ['unreachable', known('FAILED')],
      ['gone', known('MATERIALIZED', '1')],
    ]),
  )
  expect(Object.fromEntries([...facts].map(([key, statuses]) => [key, [...statuses].join(' ')]))).toEqual({
    fresh: 'fresh materialized',
    stale: 'stale materialized',
    below: 'stale materialized',
    failed_since: 'fresh failed',
    failed_ever: 'missing failed',
    seen_only: 'missing',
    never: 'missing',
    reported: 'materialized',
    watched: '',
    unreachable: 'failed',
    unseen: '',
  })
})
