import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { type Definitions, definitions } from '../../definitions/definitions.ts'
import { output } from '../../definitions/output.ts'
import { DurableStack } from '../durable-stack.ts'

/** The same project before and after a change of the code of `raw`. */
function project(codeVersion: string): Definitions {
  const raw = asset({ key: 'raw', codeVersion, materialize: () => output([1, 2, 3], { dataVersion: `rows of ${codeVersion}` }) })
  const clean = asset({ key: 'clean', codeVersion: '1', inputs: { raw }, materialize: (inputs) => inputs.raw.length })
  const report = asset({ key: 'report', codeVersion: '1', inputs: { clean }, materialize: (inputs) => `${inputs.clean} rows` })
  const other = asset({ key: 'other', codeVersion: '1', materialize: () => 1 })
  return definitions({ assets: [raw, clean, report, other] })
}

let stack: DurableStack
const everything = 'status:stale or status:missing'

beforeAll(async () => {
  stack = await DurableStack.start('status-selection')
})
afterAll(() => stack.stop())

describe('a run of what is stale or missing', () => {
  it('is of everything at first, then of nothing, and after a change of code of what follows from it', async () => {
    const first = await stack.startWorker(project('1'))
    expect((await stack.runToEnd(everything)).materialized).toEqual(['clean', 'other', 'raw', 'report'])
    await expect(stack.launch(everything)).rejects.toMatchObject({ code: 'NOTHING_TO_DO' })
    await first.shutdown()

    await stack.startWorker(project('2'))
    const request = { selection: 'status:stale', idempotencyKey: 'monday' }
    const { run, materialized, materializations } = await stack.runToEnd(request)
    expect(materialized).toEqual(['clean', 'raw', 'report'])
    expect(materializations.find(({ assetKey }) => assetKey === 'clean')?.inputVersions).toEqual({ raw: 'rows of 2' })
    await expect(stack.launch('status:stale')).rejects.toMatchObject({ code: 'NOTHING_TO_DO' })

    // By now it would mean nothing; the key says that it is the same request.
    expect(await stack.launch(request)).toBe(run.runId)
  })

  it('is refused where the selection could never match', async () => {
    await expect(stack.launch('status:stale and group:nowhere')).rejects.toMatchObject({ code: 'EMPTY_SELECTION' })
  })
})
