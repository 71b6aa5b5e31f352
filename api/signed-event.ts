import type { Context } from 'hono'
import type { SensorControl } from '../temporal/sensor-control.ts'

const eventsPath = /^\/api\/v1\/sensors\/([^/]+)\/events$/

/** Whether a request tells a sensor of events which checks their signature: then senders need no token. */
export async function isSignedEvent(sensors: SensorControl, c: Context): Promise<boolean> {
  const name = c.req.method === 'POST' ? eventsPath.exec(c.req.path)?.[1] : undefined
  if (name === undefined) return false
  const called = (await sensors.list()).filter(({ sensor }) => encodeURIComponent(sensor.name) === name)
  // Which of several is meant says the route; a token may be left out only where each of them asks for a signature.
  return called.length > 0 && called.every(({ sensor }) => (sensor.events?.signature ?? null) !== null)
}
