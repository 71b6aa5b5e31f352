import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import { tickTable } from '../tick-text.ts'
import type { SensorTicksOptions } from './sensor-ticks.ts'

/** Lists the ticks of a schedule, newest first. */
export async function scheduleTicks(name: string, { limit, ...options }: SensorTicksOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const page = await client.schedules.ticks(name, { limit: Math.min(limit, largestPage) })
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0) talk(`Schedule ${name} has not ticked yet. assetry schedule list says when it does.`)
  else process.stdout.write(tickTable(page.items))
  return exitCodes.done
}

const largestPage = 500
