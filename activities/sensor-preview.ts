import type { Context } from '@temporalio/activity'
import type { Sensor } from '../definitions/sensor.ts'
import type { PreviewTickInput, TickPreview } from '../workflows/tick-preview.ts'
import { recordedError } from './recorded-error.ts'
import { evaluatedSensor } from './sensor-evaluation.ts'
import { sensorRequester } from './sensor-tick.ts'
import type { TickParts } from './tick-activities.ts'
import { checkedRequests } from './tick-requests.ts'
import { TickScribe } from './tick-scribe.ts'

/** What a tick of a sensor would come to. Nothing of it is kept. */
export async function previewedSensor(parts: TickParts, sensor: Sensor, input: PreviewTickInput, context: Context): Promise<TickPreview> {
  const { codeLocation, name } = input
  const [known, newest] = await Promise.all([
    parts.store.instigators.get({ codeLocation, kind: 'SENSOR', name }),
    parts.store.ticks.list({ codeLocation, kind: 'SENSOR', name }, { limit: 1 }),
  ])
  const scribe = new TickScribe({ ...parts, onOutput: () => undefined })
  const cursor = input.cursor === undefined ? (known?.cursor ?? null) : input.cursor
  const events = (input.events ?? []).map((event, index) => ({ number: '0', key: `preview-${index + 1}`, event, receivedAt: new Date() }))
  const nothing = { requests: [], skipReason: null, cursor, error: null, logs: [] }
  try {
    const evaluation = await evaluatedSensor({
      parts,
      sensor,
      tickId: 'preview',
      scribe,
      signal: context.cancellationSignal,
      cursor,
      lastTickAt: newest.items[0]?.endedAt ?? null,
      lastRunKey: null,
      waiting: events,
    })
    const requester = sensorRequester(sensor, 'preview')
    const { items, changes } = evaluation
    const refused = evaluation.refused[0]?.error
    return {
      requests: await checkedRequests(parts, { codeLocation, requester, requests: items.requests, added: changes.added }),
      skipReason: items.skipReason,
      cursor: evaluation.cursor ?? cursor,
      error: refused ?? null,
      logs: await scribe.lines(),
    }
  } catch (error) {
    return { ...nothing, error: recordedError(error, parts.secrets), logs: await scribe.lines() }
  }
}
