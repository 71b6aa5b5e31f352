import { getTableConfig } from 'drizzle-orm/pg-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { backfillAssets, backfills, partitionFailures } from '../../metadata/tables/backfills.ts'
import { instigators } from '../../metadata/tables/instigators.ts'
import { sensorEvents } from '../../metadata/tables/sensor-events.ts'
import { runRequests, ticks } from '../../metadata/tables/ticks.ts'
import { partitionCounts } from '../../metadata/tables/partition-counts.ts'
import { assetStatuses } from '../../metadata/tables/asset-statuses.ts'
import { checkEvaluations, checkStatuses } from '../../metadata/tables/check-evaluations.ts'
import { codeLocations, snapshots } from '../../metadata/tables/code-locations.ts'
import { dynamicPartitions } from '../../metadata/tables/dynamic-partitions.ts'
import { events } from '../../metadata/tables/events.ts'
import { logChunks } from '../../metadata/tables/log-chunks.ts'
import { freshnessEvents, freshnessStates } from '../../metadata/tables/freshness.ts'
import { materializations } from '../../metadata/tables/materializations.ts'
import { observations } from '../../metadata/tables/observations.ts'
import { planChunks } from '../../metadata/tables/plan-chunks.ts'
import { reports } from '../../metadata/tables/reports.ts'
import { runs } from '../../metadata/tables/runs.ts'
import { steps } from '../../metadata/tables/steps.ts'
import { createRun, query } from './records.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'

/** How a metadata store is opened, and its tables made. */
export function openingSuite(under: StoreUnderTest): void {
  describe('opening', () => {
    let backend: StoreBackend

    beforeAll(() => {
      ;({ backend } = under)
    })

    test('any number of processes may bring an empty database up to date at once', async () => {
      const url = await backend.emptyDatabase()
      const open = (): Promise<MetadataStore> => openStore({ url, connections: 2 })
      const stores = await Promise.all([open(), open(), open(), open()])
      await createRun(stores[0], 1)
      for (const one of stores) expect((await one.runs.list({}, { limit: 9 })).items).toHaveLength(1)
      await Promise.all(stores.map((one) => one.close()))
    })

    test('a database that a newer version has used is refused', async () => {
      const url = await backend.emptyDatabase()
      await (await openStore({ url })).close()
      await query(url, `insert into assetry.migrations (name) values ('9999_from_the_future.sql')`)
      await expect(openStore({ url })).rejects.toMatchObject({
        code: 'STORE_TOO_NEW',
        message: expect.stringContaining('9999_from_the_future.sql'),
      })
    })

    test('the tables are those that the query builder knows', async () => {
      const ofRuns = [runs, planChunks, steps, events, logChunks, materializations, observations, checkEvaluations]
      const ofBackfills = [backfills, backfillAssets, partitionFailures, partitionCounts]
      const tables = [
        ...ofRuns,
        ...ofBackfills,
        assetStatuses,
        checkStatuses,
        reports,
        snapshots,
        codeLocations,
        dynamicPartitions,
        freshnessStates,
        freshnessEvents,
        instigators,
        ticks,
        runRequests,
        sensorEvents,
      ]
      for (const table of tables) {
        const { name, columns } = getTableConfig(table)
        const known = columns.map((column) => [column.name, column.notNull, column.getSQLType().replace(/ \(3\)/, '(3)')])
        const made = await query(
          backend.url,
          `select attname, attnotnull, format_type(atttypid, atttypmod) as type from pg_attribute
           where attrelid = 'assetry.${name}'::regclass and attnum > 0 and not attisdropped order by attnum`,
        )
        const found = made.map(({ attname, attnotnull, type }) => [attname, attnotnull, String(type).replace('(3) with', '(3) with')])
        // The order of columns is nobody's concern: queries name them.
        expect(found.toSorted(byName), name).toEqual(known.toSorted(byName))
      }
    })
  })
}

function byName([one]: readonly unknown[], [other]: readonly unknown[]): number {
  return String(one) < String(other) ? -1 : 1
}
