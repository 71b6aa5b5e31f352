import type { Schedule } from '../../client/index.ts'
import { exactDurationText } from '../../definitions/duration.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { table, type TableColumn } from '../table.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { talk } from '../talk.ts'
import { shownTime, tickOutcome } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

const largestPage = 500

/** Lists schedules with when they tick and how they last came out. */
export async function scheduleList(options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const page = await client.schedules.list({ limit: largestPage })
  const colors = colorsFor(process.stdout)
  if (options.json === true) writeJson(page)
  else if (page.items.length === 0)
    talk('There are no schedules. schedule({ name, job, cron }) in definitions({ schedules }) makes one: see "docs/schedules.md".')
  else {
    process.stdout.write(table(page.items, columns(colors), { columns: columnsOf(process.stdout), title: colors.dim }))
    const stopped = page.items.find(({ status }) => status === 'STOPPED')
    if (stopped !== undefined) talk(`assetry schedule start ${stopped.name} starts one.`)
  }
  return exitCodes.done
}

function columns(colors: Colors): readonly TableColumn<Schedule>[] {
  return [
    { title: 'SCHEDULE', text: ({ name }) => name },
    {
      title: 'STATUS',
      text: ({ status }) => status,
      color: (text, { status }) => (status === 'RUNNING' ? colors.green : colors.dim)(text),
    },
    { title: 'TICKS', text: ({ timing }) => timingText(timing), shrinks: true },
    { title: 'NEXT', text: ({ status, nextTicks }) => (status === 'RUNNING' && nextTicks[0] ? shownTime(nextTicks[0]) : '') },
    { title: 'STARTS', text: ({ target }) => target.selection ?? target.jobs.join(', '), shrinks: true },
    { title: 'LAST', text: ({ lastTick }) => (lastTick === null ? '' : tickOutcome(lastTick)), shrinks: true },
  ]
}

function timingText(timing: Schedule['timing']): string {
  if (timing.kind === 'interval') return `every ${exactDurationText(timing.everyMs)}`
  return `${timing.crons.join(', ')}${timing.timezone === 'UTC' ? '' : ` ${timing.timezone}`}`
}
