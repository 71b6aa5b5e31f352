import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamicOutput } from '../definitions/dynamic-output.ts'
import { job } from '../definitions/job.ts'
import { op } from '../definitions/op.ts'
import { jsonIOManager } from '../io/json.ts'
import { executeInProcess } from './execute-in-process.ts'
import { storedOutputKey } from './op-storage.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-op-storage-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('elements named by files are stored, also by an IO manager that writes files of such names', async () => {
  const ioManager = jsonIOManager({ folder })
  const names = ['orders.json', 'orders', 'orders.json_']
  const list = op({ name: 'list', ioManager, run: () => names.map((name) => dynamicOutput(name, { mappingKey: name })) })
  const show = op({ name: 'show', ioManager, run: ({ name }: { name: string }) => `${name}!` })
  const all = op({ name: 'all', ioManager, run: ({ shown }: { shown: readonly string[] }) => shown })
  const files = job({
    name: 'files',
    graph: () =>
      void all({
        shown: list()
          .map((name) => show({ name }))
          .collect(),
      }),
  })
  const result = await executeInProcess(files)
  expect(result.success).toBe(true)
  expect(result.outputFor('all')).toEqual(names.map((name) => `${name}!`))
})

test('no two elements have the same place', () => {
  const keyOf = (element: string): string =>
    storedOutputKey({ runId: 'r', assetKey: undefined, node: 'n', mappingKeys: [], output: 'result', element })
  const keys = ['a', 'a_', 'a.', 'a._', 'a.json', 'a.json_', 'a.json__'].map(keyOf)
  expect(new Set(keys).size).toBe(keys.length)
})
