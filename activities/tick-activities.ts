import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { LaunchActivities, SensorStep, TickActivities, TickReference } from '../workflows/activity-contract.ts'
import { isStillDefined } from './current-definition.ts'
import { Heartbeat } from './heartbeat.ts'
import type { RequestLauncher } from './request-launcher.ts'
import { previewedSensor } from './sensor-preview.ts'
import { SensorTick } from './sensor-tick.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What the activities of ticks need beside what others do. */
export interface TickParts extends WorkerParts {
  readonly launcher: RequestLauncher
  readonly validate: LaunchActivities['validateRunConfig']
}

/** The activities that evaluate schedules and sensors. */
export function tickActivities(parts: TickParts): TickActivities {
  return {
    evaluateSensor: (tick) => alive(parts, () => sensorStep(parts, tick)),
    previewTick: (input) =>
      alive(parts, () => {
        const sensor = parts.definitions.sensors.find(({ name }) => name === input.name)
        if (sensor === undefined) throw ApplicationFailure.nonRetryable(`There is no sensor "${input.name}" here.`, 'NotDefinedHere')
        return previewedSensor(parts, sensor, input, Context.current())
      }),
  }
}

async function sensorStep(parts: TickParts, tick: TickReference): Promise<SensorStep> {
  const isThere = await isStillDefined(parts, tick.codeLocation, ({ sensors = [] }) => sensors.some(({ name }) => name === tick.name))
  const sensor = parts.definitions.sensors.find(({ name }) => name === tick.name)
  if (!isThere || sensor === undefined) return { ended: true, waitMs: 0 }
  return new SensorTick({ parts, sensor, tick, context: Context.current() }).toItsEnd()
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
