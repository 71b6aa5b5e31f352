import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import { tickTable } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

/** Options of `assetry sensor ticks`. */
export interface SensorTicksOptions extends ServerOptions {
  readonly limit: number
}

/** Lists the ticks of a sensor, newest first. */
export async function sensorTicks(name: string, { limit, ...options }: SensorTicksOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const page = await client.sensors.ticks(name, { limit: Math.min(limit, largestPage) })
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0) talk(`Sensor ${name} has no ticks yet. assetry sensor start ${name} starts it.`)
  else process.stdout.write(tickTable(page.items))
  return exitCodes.done
}

const largestPage = 500
