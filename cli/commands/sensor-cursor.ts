import { AssetryError } from '../../definitions/errors.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import type { ServerOptions } from './run-show.ts'

/** Options of `assetry sensor cursor`. */
export interface SensorCursorOptions extends ServerOptions {
  readonly set?: string
  readonly clear?: boolean
}

/** Prints the cursor of a sensor, or puts another one in place. */
export async function sensorCursor(name: string, { set, clear, ...options }: SensorCursorOptions): Promise<ExitCode> {
  if (set !== undefined && clear === true) throw new AssetryError('USAGE', '--set and --clear are given. Give one of them.')
  const { client } = await requiredServer(options)
  const sensor = set === undefined && clear !== true ? await client.sensors.get(name) : await client.sensors.setCursor(name, set ?? null)
  if (options.json === true) writeJson({ name, cursor: sensor.cursor })
  else if (sensor.cursor === null) talk(`Sensor ${name} has no cursor.`)
  else process.stdout.write(`${sensor.cursor}\n`)
  return exitCodes.done
}
