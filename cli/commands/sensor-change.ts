import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import type { ServerOptions } from './run-show.ts'

/** What can be asked of a sensor. */
export type SensorAction = 'start' | 'stop' | 'reset'

/** Starts or stops a sensor, or gives it back to its definition. */
export async function sensorChange(action: SensorAction, name: string, options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const { sensors } = client
  const ask = { start: () => sensors.start(name), stop: () => sensors.stop(name), reset: () => sensors.reset(name) }
  const sensor = await ask[action]()
  const waiting = sensor.waitingEvents > 0 ? ` ${sensor.waitingEvents} events wait for it.` : ''
  if (options.json === true) writeJson(sensor)
  else talk(`Sensor ${name} is ${sensor.status} now.${waiting} assetry sensor ticks ${name} shows what it does.`)
  return exitCodes.done
}
