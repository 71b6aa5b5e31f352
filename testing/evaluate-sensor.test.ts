import { expect, it } from 'vitest'
import { z } from 'zod'
import { runRequest } from '../definitions/run-request.ts'
import { sensor } from '../definitions/sensor.ts'
import { skip } from '../definitions/skip.ts'
import { evaluateSensor } from './evaluate-sensor.ts'
import { buildSensorContext } from './sensor-context.ts'

const counting = sensor({
  name: 'counting',
  job: 'ingest',
  events: z.object({ file: z.string() }),
  async *evaluate({ cursor = '0', events, updateCursor, addPartitions, removePartitions, reportMaterialization }) {
    if (events.length === 0) yield skip('nothing came')
    for (const { file } of events) {
      addPartitions('files', [file])
      yield runRequest({ runKey: file })
    }
    removePartitions('files', ['old.csv'])
    reportMaterialization('inbox', { dataVersion: 'v2' })
    updateCursor(String(Number(cursor) + events.length))
  },
})

it('what a sensor yields is put in order, and what it does is recorded', async () => {
  const context = buildSensorContext({ cursor: '2', events: [{ file: 'a.csv' }, { file: 'b.csv' }] })
  const { runRequests, skipReason, cursor } = await evaluateSensor(counting, context)
  expect([runRequests.map(({ runKey }) => runKey), skipReason, cursor]).toEqual([['a.csv', 'b.csv'], null, '4'])
  expect(context).toMatchObject({ addedPartitions: { files: ['a.csv', 'b.csv'] }, removedPartitions: { files: ['old.csv'] } })
  expect(context.reportedMaterializations).toEqual([{ assetKey: 'inbox', dataVersion: 'v2' }])
  expect(context.received.map(({ id }) => id)).toEqual(['event-1', 'event-2'])
})

it('a sensor without a context has nothing to look at', async () => {
  expect(await evaluateSensor(counting)).toEqual({ runRequests: [], skipReason: 'nothing came', cursor: '0' })
})

it('what is no run request is refused as a tick does', async () => {
  const wrong = sensor({ name: 'wrong', job: 'ingest', evaluate: () => ['file'] as never })
  await expect(evaluateSensor(wrong)).rejects.toMatchObject({ code: 'TICK_RESULT_INVALID' })
})
