import type { Instigator } from '../metadata/stores/instigator-store.ts'
import type { Tick } from '../metadata/stores/tick-store.ts'
import type { LocatedSensor } from '../temporal/sensor-control.ts'
import type { Sensor } from './contract/sensor.ts'
import { plain } from './wire-json.ts'
import { wireTick } from './wire-ticks.ts'

/** What is known of a sensor beside its definition. */
interface SensorFacts {
  readonly state: Instigator | undefined
  readonly lastTick: Tick | undefined
  readonly waitingEvents: number
}

/** A sensor as the API shows it. */
export function wireSensor({ codeLocation, sensor }: LocatedSensor, { state, lastTick, waitingEvents }: SensorFacts): Sensor {
  const status = state?.status ?? null
  return plain<Sensor>({
    name: sensor.name,
    codeLocation,
    description: sensor.description,
    target: sensor.target,
    status: status ?? sensor.defaultStatus,
    byDefault: status === null,
    reason: state?.reason ?? null,
    cursor: state?.cursor ?? null,
    minimumIntervalMs: sensor.minimumIntervalMs,
    takesEvents: sensor.events !== null,
    waitingEvents,
    failures: state?.failures ?? 0,
    lastTick: lastTick === undefined ? null : wireTick(lastTick),
  })
}
