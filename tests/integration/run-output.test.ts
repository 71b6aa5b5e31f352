import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import type { OutputLine } from '../../execution/step-output.ts'
import type { LogLine } from '../../metadata/stores/step-store.ts'
import { until } from '../dev-server.ts'
import { DurableStack, Gate, type RunRecord } from '../durable-stack.ts'

const gates: Readonly<Record<string, Gate>> = { left: new Gate(), right: new Gate() }

/** Writes in every way there is, in turns with the other side. */
async function work(side: string, other: string): Promise<void> {
  console.log('begins', side)
  gates[side]?.open()
  await gates[other]?.opened
  process.stdout.write(`${side} in `)
  await sleep(5)
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      process.stdout.write('parts\n')
      resolve()
    }, 5),
  )
  console.error('went wrong', { side, rows: [1, 2] })
  const { report } = await import('../fixtures/console-module.ts')
  report(side)
  process.stderr.write(`${side} is done`)
}

const left = asset({ key: 'left', materialize: () => work('left', 'right') })
const right = asset({ key: 'right', materialize: () => work('right', 'left') })

const mayWriteLate = new Gate()
let lateWritten: Promise<void> | undefined
const leaves = asset({
  key: 'leaves',
  materialize: (_, { log }) => {
    log.info('logs')
    console.log('leaves')
    lateWritten = mayWriteLate.opened.then(() => console.log('straggles'))
  },
})
const follows = asset({
  key: 'follows',
  deps: [leaves],
  materialize: async () => {
    console.log('follows')
    mayWriteLate.open()
    await lateWritten
  },
})

const mayEnd = new Gate()
const longRunning = asset({
  key: 'long_running',
  materialize: async () => {
    console.log('is at work')
    await mayEnd.opened
  },
})
const throws = asset({
  key: 'throws',
  materialize: () => {
    process.stdout.write('last words')
    throw new Error('over')
  },
})

let stack: DurableStack
/** What reached the worker's own output. */
const passedOn: OutputLine[] = []

beforeAll(async () => {
  stack = await DurableStack.start('run-output')
  const all = definitions({ assets: [left, right, leaves, follows, longRunning, throws] })
  await stack.startWorker(all, { onOutput: (line) => passedOn.push(line) })
})
afterAll(() => stack.stop())

const linesOf = ({ events }: Pick<RunRecord, 'events'>, stepKey: string): readonly string[] =>
  events
    .filter((event) => event.type === 'LOG' && event.stepKey === stepKey)
    .flatMap((event) => event.data['lines'] as readonly LogLine[])
    .map(({ level, source, message }) => `${level} ${source} ${message}`)

describe('what a step writes', () => {
  it('is in the log of that step, by whatever way it was written, and reaches the worker too', async () => {
    const run = await stack.runToEnd('left or right')
    for (const side of ['left', 'right']) {
      expect(linesOf(run, side)).toEqual([
        `info console begins ${side}`,
        `info stdout ${side} in parts`,
        `error console went wrong { side: '${side}', rows: [ 1, 2 ] }`,
        `warn console a module tells of ${side}`,
        `info stderr ${side} is done`,
      ])
    }
    expect(passedOn.map(({ text }) => text).sort()).toEqual(
      ['left', 'right']
        .flatMap((side) => [
          `${side} in parts`,
          `${side} is done`,
          `a module tells of ${side}`,
          `begins ${side}`,
          `went wrong { side: '${side}', rows: [ 1, 2 ] }`,
        ])
        .sort(),
    )
  })

  it('is no later step’s where it comes after its own step has ended', async () => {
    const run = await stack.runToEnd('leaves or follows')
    expect(linesOf(run, 'leaves')).toEqual(['info log logs', 'info console leaves'])
    expect(linesOf(run, 'follows')).toEqual(['info console follows'])
    expect([...passedOn.map(({ text }) => text), JSON.stringify(run.events)].join()).not.toContain('straggles')
  })

  it('can be read while the step is at work', async () => {
    const runId = await stack.launch('long_running')
    await until(async () => linesOf(await stack.record(runId), 'long_running').find((line) => line.includes('is at work')))
    mayEnd.open()
    expect((await stack.ended(runId)).run.status).toBe('SUCCESS')
  })

  it('is kept to the last, unended line of a step that fails', async () => {
    const run = await stack.runToEnd('throws')
    expect(linesOf(run, 'throws')).toEqual(['info stdout last words'])
    expect(run.events.findIndex((event) => event.type === 'LOG')).toBeLessThan(
      run.events.findIndex((event) => event.type === 'STEP_FAILURE'),
    )
  })
})
