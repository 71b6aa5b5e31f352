import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { Schedule } from '../definitions/schedule.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import type {
  LaunchActivities,
  ScheduleStep,
  ScheduleTickReference,
  SensorStep,
  TickActivities,
  TickReference,
} from '../workflows/activity-contract.ts'
import { isStillDefined } from './current-definition.ts'
import { Heartbeat } from './heartbeat.ts'
import type { RequestLauncher } from './request-launcher.ts'
import { previewedSchedule } from './schedule-preview.ts'
import { ScheduleTick } from './schedule-tick.ts'
import { previewedSensor } from './sensor-preview.ts'
import { SensorTick } from './sensor-tick.ts'
import { launchPending } from './tick-requests.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What the activities of ticks need beside what others do. */
export interface TickParts extends WorkerParts {
  readonly launcher: RequestLauncher
  /** Launches, but leaves the start of workflows to somebody else. */
  readonly recorder: RequestLauncher
  /** Stops a schedule in Temporal. */
  readonly pauseSchedule: TickActivities['pauseSchedule']
  readonly validate: LaunchActivities['validateRunConfig']
}

/** The activities that evaluate schedules and sensors. */
export function tickActivities(parts: TickParts): TickActivities {
  return {
    evaluateSensor: (tick) => alive(parts, () => sensorStep(parts, tick)),
    evaluateSchedule: (tick) => alive(parts, () => scheduleStep({ ...parts, launcher: parts.recorder }, tick)),
    pauseSchedule: (schedule) => parts.pauseSchedule(schedule),
    previewTick: (input) =>
      alive(parts, () => {
        if (input.kind === 'SCHEDULE') return previewedSchedule(parts, scheduleOf(parts, input.name), input, Context.current())
        const sensor = parts.definitions.sensors.find(({ name }) => name === input.name)
        if (sensor === undefined) throw ApplicationFailure.nonRetryable(`There is no sensor "${input.name}" here.`, 'NotDefinedHere')
        return previewedSensor(parts, sensor, input, Context.current())
      }),
  }
}

async function sensorStep(parts: TickParts, tick: TickReference): Promise<SensorStep> {
  const isThere = await isStillDefined(parts, tick.codeLocation, ({ sensors = [] }) => sensors.some(({ name }) => name === tick.name))
  const sensor = parts.definitions.sensors.find(({ name }) => name === tick.name)
  if (!isThere || sensor === undefined) {
    // What it has asked for stands, though it is gone.
    await launchPending(parts, { codeLocation: tick.codeLocation, kind: 'SENSOR', name: tick.name })
    return { ended: true, waitMs: 0 }
  }
  return new SensorTick({ parts, sensor, tick, context: Context.current() }).toItsEnd()
}

async function scheduleStep(parts: TickParts, tick: ScheduleTickReference): Promise<ScheduleStep> {
  const isThere = await isStillDefined(parts, tick.codeLocation, ({ schedules = [] }) => schedules.some(({ name }) => name === tick.name))
  if (!isThere) return { start: [], waits: false, ends: false }
  return new ScheduleTick({ parts, ...scheduleOf(parts, tick.name), tick, context: Context.current() }).toItsEnd()
}

function scheduleOf(
  { definitions, snapshot }: TickParts,
  name: string,
): { readonly schedule: Schedule; readonly snapshot: ScheduleSnapshot } {
  const schedule = definitions.schedules.find((each) => each.name === name)
  const written = snapshot.schedules?.find((each) => each.name === name)
  if (schedule !== undefined && written !== undefined) return { schedule, snapshot: written }
  throw ApplicationFailure.nonRetryable(`There is no schedule "${name}" here.`, 'NotDefinedHere')
}

/** Says that the evaluation is alive from its first line to its last. */
async function alive<TResult>(parts: WorkerParts, work: () => Promise<TResult>): Promise<TResult> {
  const heartbeat = new Heartbeat(Context.current(), parts.secrets)
  try {
    return await work()
  } finally {
    heartbeat.stop()
  }
}
