import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { temporal } from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { forwardTemporalLog } from '../../cli/temporal-log.ts'

const folder = new URL('./histories/', import.meta.url)
const bundle = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url))

const { History } = temporal.api.history.v1
type History = temporal.api.history.v1.History

/** By the path of their file: `0.1.0/success.json`. */
const histories: ReadonlyMap<string, History> = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [file, History.fromObject(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))]),
)

/** What went wrong in the replay of each. */
const errors = new Map<string, Error | undefined>()

beforeAll(async () => {
  forwardTemporalLog(() => undefined)
  const given = [...histories].map(([workflowId, history]) => ({ workflowId, history }))
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { codePath: bundle } }, given))
    errors.set(workflowId, error)
})

describe('the workflows of this version replay the kept history', () => {
  it.each([...histories.keys()])('%s', (file) => {
    expect(errors.has(file)).toBe(true)
    expect(errors.get(file)).toBeUndefined()
  })
})

/** The attributes of a history's last event, whose name says how the execution ended. */
function end(history: History): string | undefined {
  const last = history.events?.at(-1) ?? {}
  return Object.entries(last).find(([name, value]) => name.endsWith('EventAttributes') && value)?.[0]
}

it('histories of every kind of end are kept', () => {
  expect(new Set([...histories.values()].map(end))).toEqual(
    new Set([
      'workflowExecutionCanceledEventAttributes',
      'workflowExecutionCompletedEventAttributes',
      'workflowExecutionContinuedAsNewEventAttributes',
      'workflowExecutionFailedEventAttributes',
    ]),
  )
})
