import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import { tickTable } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

/** Options of `assetry sensor ticks` and `assetry schedule ticks`. */
export interface TickListOptions extends ServerOptions {
  readonly limit: number
}

const largestPage = 500

/** Lists the ticks of a schedule or a sensor, newest first. */
export async function tickList(kind: 'schedule' | 'sensor', name: string, { limit, ...options }: TickListOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const ticked = kind === 'sensor' ? client.sensors : client.schedules
  const page = await ticked.ticks(name, { limit: Math.min(limit, largestPage) })
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0) talk(noTicks[kind](name))
  else process.stdout.write(tickTable(page.items))
  return exitCodes.done
}

const noTicks = {
  schedule: (name: string) => `Schedule ${name} has not ticked yet. assetry schedule list says when it does.`,
  sensor: (name: string) => `Sensor ${name} has no ticks yet. assetry sensor start ${name} starts it.`,
}
