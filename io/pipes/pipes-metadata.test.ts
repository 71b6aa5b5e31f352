import { describe, expect, it } from 'vitest'
import { metadataOf, type MetadataEntry } from '../../definitions/metadata-value.ts'
import type { JsonObject } from './pipes-message.ts'
import { metadataOfPipes } from './pipes-metadata.ts'

const entriesOf = (reported: JsonObject): Readonly<Record<string, MetadataEntry>> => metadataOf('a test', metadataOfPipes(reported))

describe("metadata by Dagster's types", () => {
  it.each<readonly [string, JsonObject[string], MetadataEntry]>([
    ['__infer__', 3, { type: 'int', value: 3 }],
    ['__infer__', 3.5, { type: 'float', value: 3.5 }],
    ['__infer__', 'x', { type: 'text', value: 'x' }],
    ['__infer__', [1, { a: null }], { type: 'json', value: [1, { a: null }] }],
    ['__infer__', null, { type: 'null', value: null }],
    ['text', 'x', { type: 'text', value: 'x' }],
    ['url', 'https://example.com/a', { type: 'url', value: 'https://example.com/a' }],
    ['path', '/data/a.csv', { type: 'path', value: '/data/a.csv' }],
    ['notebook', '/data/a.ipynb', { type: 'path', value: '/data/a.ipynb' }],
    ['json', 'only a text', { type: 'json', value: 'only a text' }],
    ['md', '# a', { type: 'markdown', value: '# a' }],
    ['float', 3, { type: 'float', value: 3 }],
    ['int', 3, { type: 'int', value: 3 }],
    ['bool', true, { type: 'bool', value: true }],
    ['dagster_run', 'f00', { type: 'run', value: 'f00' }],
    ['asset', 'raw/orders', { type: 'asset', value: 'raw/orders' }],
    ['null', null, { type: 'null', value: null }],
    ['timestamp', 1_700_000_000.5, { type: 'timestamp', value: '2023-11-14T22:13:20.500Z' }],
    [
      'table',
      { records: [{ a: 1 }], schema: [{ name: 'a', type: 'int', description: 'the a', tags: null, constraints: null }] },
      { type: 'table', value: { columns: [{ name: 'a', type: 'int', description: 'the a' }], rows: [{ a: 1 }] } },
    ],
    ['table', { records: [{ a: 1 }] }, { type: 'table', value: { columns: [{ name: 'a' }], rows: [{ a: 1 }] } }],
    ['table_schema', { columns: [{ name: 'a', type: 'int' }] }, { type: 'tableSchema', value: { columns: [{ name: 'a', type: 'int' }] } }],
    [
      'table_column_lineage',
      {
        deps_by_column: {
          total: [
            { asset_key: ['raw', 'orders'], column_name: 'price' },
            { asset_key: 'raw/rates', column_name: 'rate' },
          ],
        },
      },
      {
        type: 'columnLineage',
        value: {
          total: [
            { asset: 'raw/orders', column: 'price' },
            { asset: 'raw/rates', column: 'rate' },
          ],
        },
      },
    ],
  ])('%s: %j', (type, raw, entry) => {
    expect(entriesOf({ it: { type, raw_value: raw } })).toEqual({ it: entry })
  })

  it('is kept as what it is where it is not of its type, or of a type of a later version', () => {
    expect(
      entriesOf({
        url: { type: 'url', raw_value: 7 },
        table: { type: 'table', raw_value: { rows: [] } },
        when: { type: 'timestamp', raw_value: 1e300 },
        later: { type: 'hologram', raw_value: 'x' },
        untyped: 5,
      }),
    ).toEqual({
      url: { type: 'int', value: 7 },
      table: { type: 'json', value: { rows: [] } },
      when: { type: 'int', value: 1e300 },
      later: { type: 'text', value: 'x' },
      untyped: { type: 'int', value: 5 },
    })
  })
})
