import type { RunRequest } from '../definitions/run-request.ts'
import type { Sensor } from '../definitions/sensor.ts'
import { tickItems } from '../execution/tick-items.ts'
import { buildSensorContext, type TestSensorContext } from './sensor-context.ts'

/** What a sensor's function came to. */
export interface EvaluatedSensor {
  readonly runRequests: readonly RunRequest[]
  /** The last reason to skip; null where there was none, or runs are asked for. */
  readonly skipReason: string | null
  /** What it would remember for the next tick; undefined where that is nothing. */
  readonly cursor: string | undefined
}

/**
 * Calls a sensor's function in a test and puts what it returned or yielded in order, as a tick does. No run is started.
 *
 * @throws `TICK_RESULT_INVALID`, and whatever the function throws
 */
export async function evaluateSensor<TEvent, TResources>(
  sensor: Sensor<TEvent>,
  context: TestSensorContext<TEvent, TResources> = buildSensorContext<TEvent, TResources>(),
): Promise<EvaluatedSensor> {
  const { requests, skipReason, cursor } = await tickItems(`sensor "${sensor.name}"`, await sensor.evaluate(context as never))
  return { runRequests: requests, skipReason, cursor: cursor ?? context.updatedCursor ?? context.cursor }
}
