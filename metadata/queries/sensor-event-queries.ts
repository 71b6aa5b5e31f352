import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { Database } from '../database.ts'
import type { SensorEventStore } from '../stores/sensor-event-store.ts'
import { storableJson } from '../storable-json.ts'
import { sensorEvents } from '../tables/sensor-events.ts'

export function sensorEventStore(database: Database): SensorEventStore {
  return {
    receive: async ({ codeLocation, name }, events) =>
      (await database.call('receive_events', [codeLocation, name, storableJson(events)])) as Awaited<
        ReturnType<SensorEventStore['receive']>
      >,
    waiting: async (sensor, limit) => {
      const rows = await database.read((db) =>
        db.select(columns).from(sensorEvents).where(isWaitingFor(sensor)).orderBy(asc(sensorEvents.number)).limit(limit),
      )
      return rows.map(({ number, ...row }) => ({ number: String(number), ...row }))
    },
    counts: async () => {
      const { codeLocation, sensor } = sensorEvents
      return await database.read((db) =>
        db
          .select({ codeLocation, name: sensor, count: sql<number>`count(*)::int` })
          .from(sensorEvents)
          .where(isNull(sensorEvents.tickId))
          .groupBy(codeLocation, sensor),
      )
    },
  }
}

function isWaitingFor({ codeLocation, name }: { readonly codeLocation: string; readonly name: string }): SQL | undefined {
  return and(eq(sensorEvents.codeLocation, codeLocation), eq(sensorEvents.sensor, name), isNull(sensorEvents.tickId))
}

const columns = {
  number: sensorEvents.number,
  key: sensorEvents.eventKey,
  event: sensorEvents.event,
  receivedAt: sensorEvents.receivedAt,
}
