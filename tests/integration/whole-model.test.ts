import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StackState } from '../../cli/stack/stack-state.ts'
import type { RunDetail } from '../../client/index.ts'
import { executeInProcess } from '../../execution/execute-in-process.ts'
import { materializeDefinitions } from '../../execution/materialize.ts'
import { filesystemIOManager } from '../../io/filesystem.ts'
import { freePort } from '../../temporal/free-port.ts'
import { buildLoadContext } from '../../testing/index.ts'
import { DevServer, until } from '../dev-server.ts'
import { DurableStack } from '../durable-stack.ts'
import definitions, { arithmetic } from '../fixtures/whole-model/definitions.ts'

/** What is run: one set of definitions with every kind of step. */
type Subject = 'sound' | 'unsound' | 'arithmetic'
const selections: Readonly<Record<Exclude<Subject, 'arithmetic'>, string>> = { sound: '* and not group:unsound', unsound: 'group:unsound' }

/** What came of it, in the words that every way of running it has. */
interface Outcome {
  readonly success: boolean
  readonly made: readonly string[]
  readonly observed: readonly string[]
  /** Whether it passed, by `asset:check`. */
  readonly checks: Readonly<Record<string, boolean>>
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
  /** The values that are stored, by asset, and `total` of the job. */
  readonly values: Readonly<Record<string, unknown>>
}

const expected: Readonly<Record<Subject, Outcome>> = {
  sound: {
    success: true,
    made: ['raw/orders', 'raw/users', 'report', 'revenue'],
    observed: ['rates'],
    checks: { 'raw/orders:has_rows': true, 'report:short': false, 'revenue:positive': true },
    failed: [],
    skipped: [],
    values: {
      'raw/users': ['ada', 'grace'],
      revenue: { east: 40, west: 20 },
      report: 'ada and grace: {"east":40,"west":20}',
    },
  },
  unsound: {
    success: false,
    made: ['alarmed', 'unsound'],
    observed: [],
    checks: { 'alarmed:quiet': false, 'unsound:sound': false },
    failed: ['alarmed', 'unsound:sound'],
    skipped: ['behind', 'behind_alarm'],
    values: { unsound: -1, alarmed: 7 },
  },
  arithmetic: { success: true, made: [], observed: [], checks: {}, failed: [], skipped: ['count'], values: { total: 26 } },
}

/** Reads what is stored in a folder, for the keys that `expected` has. */
async function storedValues(folder: string, subject: Subject, runId: string): Promise<Readonly<Record<string, unknown>>> {
  const files = filesystemIOManager({ folder })
  const keyOf = (name: string): string => (subject === 'arithmetic' ? `__runs/${runId}/${name}/result` : name)
  const names = Object.keys(expected[subject].values)
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await files.load(buildLoadContext({ assetKey: keyOf(name) }))] as const)),
  )
}

async function inThisProcess(folder: string, subject: Subject): Promise<Outcome> {
  const ioManager = filesystemIOManager({ folder })
  const sorted = (keys: readonly string[]): readonly string[] => keys.toSorted()
  if (subject === 'arithmetic') {
    const { success, runId, failures, skipped } = await executeInProcess(arithmetic, { ioManager, raiseOnError: false })
    const failed = failures.map(({ stepKey }) => stepKey)
    return { success, made: [], observed: [], checks: {}, failed, skipped, values: await storedValues(folder, subject, runId) }
  }
  const result = await materializeDefinitions(definitions, { selection: selections[subject], ioManager, raiseOnError: false })
  return {
    success: result.success,
    made: sorted(result.materializations.map(({ assetKey }) => assetKey)),
    observed: result.observations.map(({ assetKey }) => assetKey),
    checks: Object.fromEntries(result.checks.map(({ assetKey, checkName, passed }) => [`${assetKey}:${checkName}`, passed])),
    failed: sorted(result.failures.map(({ stepKey }) => stepKey)),
    skipped: sorted(result.skipped),
    values: await storedValues(folder, subject, result.runId),
  }
}

async function durably(stack: DurableStack, subject: Subject): Promise<Outcome> {
  const request = subject === 'arithmetic' ? { job: 'arithmetic' } : { selection: selections[subject] }
  const { run, materialized, steps } = await stack.runToEnd(request)
  const keysWith = (status: string): readonly string[] => steps.filter((step) => step.status === status).map((step) => step.stepKey)
  const [checks, observations] = await Promise.all([stack.store.checks.ofRun(run.runId), stack.store.observations.ofRun(run.runId)])
  return {
    success: run.status === 'SUCCESS',
    made: materialized,
    observed: observations.map(({ assetKey }) => assetKey),
    checks: Object.fromEntries(checks.map(({ assetKey, checkName, passed }) => [`${assetKey}:${checkName}`, passed])),
    failed: keysWith('FAILURE').toSorted(),
    skipped: keysWith('SKIPPED').toSorted(),
    values: await storedValues(join(stack.folder, 'storage'), subject, run.runId),
  }
}

function outcomeOf(detail: RunDetail, values: Outcome['values']): Outcome {
  const keysWith = (status: string): readonly string[] => detail.steps.filter((step) => step.status === status).map((step) => step.stepKey)
  return {
    success: detail.status === 'SUCCESS',
    made: detail.materializations.map(({ assetKey }) => assetKey).toSorted(),
    observed: detail.observations.map(({ assetKey }) => assetKey),
    checks: Object.fromEntries(detail.checks.map(({ assetKey, checkName, passed }) => [`${assetKey}:${checkName}`, passed])),
    failed: keysWith('FAILURE').toSorted(),
    skipped: keysWith('SKIPPED').toSorted(),
    values,
  }
}

const subjects: readonly Subject[] = ['sound', 'unsound', 'arithmetic']
const sortedChecks = (outcome: Outcome): Outcome => ({
  ...outcome,
  checks: Object.fromEntries(Object.entries(outcome.checks).sort(([one], [other]) => (one < other ? -1 : 1))),
})

describe('the same definitions give the same result', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assetry-whole-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it.each(subjects)('%s: in this process', async (subject) => {
    expect(sortedChecks(await inThisProcess(folder, subject))).toEqual(expected[subject])
  })

  describe('durably', () => {
    let stack: DurableStack
    beforeAll(async () => {
      stack = await DurableStack.start('whole-model')
      await stack.startWorker(definitions)
    })
    afterAll(() => stack.stop())

    it.each(subjects)('%s', async (subject) => {
      expect(sortedChecks(await durably(stack, subject))).toEqual(expected[subject])
    })
  })

  it('durably, with the worker killed in the middle of each run; steps that were recorded are not executed again', async () => {
    const executionsFile = join(folder, 'executions.txt')
    const definitionsFile = fileURLToPath(new URL('../fixtures/whole-model/definitions.ts', import.meta.url))
    const environment = { EXECUTIONS_FILE: executionsFile, STEP_MS: '300' }
    const server = new DevServer({ definitionsFile, home: folder, port: await freePort(), environment })
    try {
      await server.printed('ready in')
      for (const [subject, request] of [
        ['sound', { selection: selections.sound }],
        ['arithmetic', { job: 'arithmetic' }],
      ] as const) {
        const { runId } = (await server.client.runs.start(request)).run
        const before = await until(async () => {
          const ended = (await server.client.runs.get(runId)).steps.filter((step) => step.status === 'SUCCESS').map((step) => step.stepKey)
          return ended.length >= 2 ? ended : undefined
        })
        process.kill(workerOf(await server.state()), 'SIGKILL')
        await server.client.runs.wait(runId)

        const outcome = outcomeOf(await server.client.runs.get(runId), await storedValues(join(folder, 'storage'), subject, runId))
        expect(sortedChecks(outcome)).toEqual(expected[subject])
        const executed = (await readFile(executionsFile, 'utf8')).split('\n').filter((line) => line.startsWith(runId))
        for (const step of before) expect(executed.filter((line) => line.split(' ')[1] === step).length, step).toBeLessThanOrEqual(1)
      }
    } finally {
      await server.stop()
    }
  })
})

function workerOf(state: StackState): number {
  return state.workers.at(-1)?.process.pid ?? -1
}
