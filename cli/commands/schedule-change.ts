import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import { shownTime } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

/** What can be asked of a schedule. */
export type ScheduleAction = 'start' | 'stop' | 'reset'

/** Starts or stops a schedule, or gives it back to its definition. */
export async function scheduleChange(action: ScheduleAction, name: string, options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const { schedules } = client
  const ask = { start: () => schedules.start(name), stop: () => schedules.stop(name), reset: () => schedules.reset(name) }
  const schedule = await ask[action]()
  const [next] = schedule.nextTicks
  if (options.json === true) writeJson(schedule)
  else
    talk(
      `Schedule ${name} is ${schedule.status} now.${schedule.status === 'RUNNING' && next ? ` It ticks next at ${shownTime(next)}.` : ''}`,
    )
  return exitCodes.done
}
