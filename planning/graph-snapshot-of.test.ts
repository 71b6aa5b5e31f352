import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asset } from '../definitions/asset.ts'
import { definitions } from '../definitions/definitions.ts'
import { graph } from '../definitions/graph.ts'
import { graphAsset } from '../definitions/graph-asset.ts'
import { job } from '../definitions/job.ts'
import { op } from '../definitions/op.ts'
import { resource } from '../definitions/resource.ts'
import type { Wire } from '../definitions/wire.ts'
import { snapshotOf } from './snapshot-of.ts'

const db = resource({ name: 'db', create: () => 1 })
const orders = asset({ key: 'orders', materialize: () => [1] })
const fetch = op({
  name: 'fetch',
  description: 'Fetches',
  tags: { b: '2', a: '1' },
  outputs: { rows: {}, rest: { optional: true } },
  config: z.object({ limit: z.number().default(10) }),
  resources: { db, same: db },
  retries: { max: 5 },
  timeout: '1m',
  heartbeatTimeout: '10s',
  codeVersion: 'v1',
  run: () => ({ rows: [1], rest: 2 }),
})
const double = op({ name: 'double', run: ({ n }: { n: number }) => n * 2 })
const sum = op({ name: 'sum', run: ({ all }: { all: readonly number[] }) => all.length })
const doubled = graph({ name: 'doubled', graph: ({ rows }: { rows: Wire<number[]> }) => rows.map((n) => double({ n })).collect() })

const project = () =>
  definitions({
    assets: [
      orders,
      graphAsset({
        key: 'report',
        inputs: { rows: orders },
        retries: { max: 1 },
        graph: ({ rows }) => {
          fetch()
          return sum({ all: rows })
        },
      }),
    ],
    jobs: [
      job({
        name: 'pipeline',
        retries: { max: 2 },
        graph: () => {
          const { rows, rest } = fetch()
          return sum({ all: [rest, sum({ all: doubled({ rows }) })] }, { after: rows })
        },
      }),
    ],
    resources: [db],
  })

const noPolicy = { delayMs: 0, backoff: 'exponential', jitter: false }
const plain = { description: null, tags: {}, resources: [], timeoutMs: null, heartbeatTimeoutMs: null, codeVersion: null, config: null }
const outputs = [{ name: 'result', optional: false }]

describe('the snapshot of a graph job', () => {
  test('has its nodes, with the retries of the job where the op sets none, and no assets', async () => {
    const [snapshot] = (await snapshotOf(project())).jobs
    expect(snapshot).toMatchObject({ name: 'pipeline', selection: '', assetKeys: [], runConfig: {} })
    const fetchNode = {
      path: 'fetch',
      op: 'fetch',
      description: 'Fetches',
      tags: { a: '1', b: '2' },
      inputs: [],
      outputs: [
        { name: 'rows', optional: false },
        { name: 'rest', optional: true },
      ],
      after: [],
      over: [],
      resources: ['db'],
      retries: { max: 5, ...noPolicy },
      timeoutMs: 60_000,
      heartbeatTimeoutMs: 10_000,
      codeVersion: 'v1',
      config: { acceptsNone: true, jsonSchema: expect.objectContaining({ type: 'object' }) },
    }
    const retries = { max: 2, ...noPolicy }
    const source = (kind: string, node: string, output = 'result') => ({ kind, node, output })
    expect(snapshot?.graph).toEqual({
      nodes: [
        fetchNode,
        {
          ...plain,
          path: 'doubled.double',
          op: 'double',
          inputs: [{ name: 'n', fanIn: false, sources: [{ ...source('element', 'fetch', 'rows'), level: 0 }] }],
          outputs,
          after: [],
          over: [{ node: 'fetch', output: 'rows' }],
          retries,
        },
        {
          ...plain,
          path: 'sum',
          op: 'sum',
          inputs: [{ name: 'all', fanIn: false, sources: [source('collect', 'doubled.double')] }],
          outputs,
          after: [],
          over: [],
          retries,
        },
        {
          ...plain,
          path: 'sum_2',
          op: 'sum',
          inputs: [{ name: 'all', fanIn: true, sources: [source('output', 'fetch', 'rest'), source('output', 'sum')] }],
          outputs,
          after: ['fetch'],
          over: [],
          retries,
        },
      ],
      result: null,
    })
  })

  test('survives JSON unchanged', async () => {
    const snapshot = await snapshotOf(project())
    expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot)
  })
})

describe('the snapshot of a graph asset', () => {
  test('has the graph with its result, and the resources of its ops', async () => {
    const [source, report] = (await snapshotOf(project())).assets
    expect(source).toMatchObject({ origin: 'function', graph: null, resources: [] })
    expect(report).toMatchObject({
      origin: 'graph',
      resources: ['db'],
      inputs: [{ name: 'rows', key: 'orders' }],
      graph: {
        nodes: [
          { path: 'fetch', retries: { max: 5 } },
          { path: 'sum', retries: { max: 1 }, inputs: [{ sources: [{ kind: 'asset', input: 'rows', assetKey: 'orders' }] }] },
        ],
        result: { node: 'sum', output: 'result' },
      },
    })
  })
})
