import type { Sensor } from '../../client/index.ts'
import { exactDurationText } from '../../definitions/duration.ts'
import { ageText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { table, type TableColumn } from '../table.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { talk } from '../talk.ts'
import { tickOutcome } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

const largestPage = 500

/** Lists sensors with what they do and how they last came out. */
export async function sensorList(options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const page = await client.sensors.list({ limit: largestPage })
  const colors = colorsFor(process.stdout)
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0)
    talk('There are no sensors. sensor({ name, job, evaluate }) in definitions({ sensors }) makes one: see "docs/sensors.md".')
  else {
    process.stdout.write(table(page.items, columns(colors), { columns: columnsOf(process.stdout), title: colors.dim }))
    const stopped = page.items.find(({ status }) => status === 'STOPPED')
    if (stopped !== undefined) talk(`assetry sensor start ${stopped.name} starts one.`)
  }
  return exitCodes.done
}

function columns(colors: Colors): readonly TableColumn<Sensor>[] {
  const now = new Date()
  return [
    { title: 'SENSOR', text: ({ name }) => name },
    {
      title: 'STATUS',
      text: ({ status }) => status,
      color: (text, { status }) => (status === 'RUNNING' ? colors.green : colors.dim)(text),
    },
    { title: 'LOOKS', text: looks },
    { title: 'STARTS', text: ({ target }) => target.selection ?? target.jobs.join(', '), shrinks: true },
    { title: 'LAST', text: ({ lastTick }) => (lastTick === null ? '' : tickOutcome(lastTick)), shrinks: true },
    { title: 'AGO', text: ({ lastTick }) => (lastTick === null ? '' : ageText(new Date(lastTick.startedAt), now)), align: 'right' },
  ]
}

function looks({ minimumIntervalMs, takesEvents, waitingEvents }: Sensor): string {
  const waiting = waitingEvents > 0 ? ` (${waitingEvents} wait)` : ''
  if (minimumIntervalMs === null) return `at events${waiting}`
  return `every ${exactDurationText(minimumIntervalMs)}${takesEvents ? ` and at events${waiting}` : ''}`
}
