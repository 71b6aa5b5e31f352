import type { Logger } from '../definitions/logger.ts'
import type { Database } from './database.ts'
import { embeddedDatabase, openEngine } from './embedded-database.ts'
import type { MetadataStore } from './metadata-store.ts'
import { migrate } from './migrate.ts'
import { postgresDatabase } from './postgres-database.ts'
import { backfillStore } from './queries/backfill-queries.ts'
import { checkStore } from './queries/check-queries.ts'
import { codeLocationStore } from './queries/code-location-queries.ts'
import { dynamicPartitionStore } from './queries/dynamic-partition-queries.ts'
import { eventStore } from './queries/event-queries.ts'
import { instigatorStore } from './queries/instigator-queries.ts'
import { freshnessStore } from './queries/freshness-queries.ts'
import { materializationStore } from './queries/materialization-queries.ts'
import { observationStore } from './queries/observation-queries.ts'
import { partitionStore } from './queries/partition-queries.ts'
import { reportStore } from './queries/report-queries.ts'
import { runStore } from './queries/run-queries.ts'
import { sensorEventStore } from './queries/sensor-event-queries.ts'
import { stepStore } from './queries/step-queries.ts'
import { tickStore } from './queries/tick-queries.ts'

export interface StoreOptions {
  /** `postgres://user:password@host:port/database`, or `postgres:///database?host=/folder` for a Unix socket in a folder. */
  readonly url: string
  /** Says when the store goes away and comes back. */
  readonly log?: Pick<Logger, 'warn' | 'info'>
  /**
   * How long a statement, and the first connection, is tried again before it fails. Unit: milliseconds.
   *
   * @default 30_000
   */
  readonly patienceMs?: number
  /**
   * Most connections at once.
   *
   * @default 10
   */
  readonly connections?: number
}

/**
 * Opens the metadata store on a PostgreSQL server (15 or newer), and brings its tables up to date.
 *
 * @throws `STORE_UNREACHABLE`, `STORE_TOO_NEW`
 */
export async function openStore({ url, log, patienceMs = 30_000, connections = 10 }: StoreOptions): Promise<MetadataStore> {
  return await storeOn(postgresDatabase({ url, log, patienceMs, connections }))
}

/**
 * Opens a metadata store in this very process (PGlite); for tests and tools. Only one process may have a folder open.
 *
 * @throws `STORE_TOO_NEW`
 */
export async function openEmbeddedStore({ folder }: { readonly folder: string }): Promise<MetadataStore> {
  return await storeOn(embeddedDatabase(await openEngine(folder)))
}

async function storeOn(database: Database): Promise<MetadataStore> {
  try {
    await migrate(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return {
    runs: runStore(database),
    steps: stepStore(database),
    backfills: backfillStore(database),
    events: eventStore(database),
    materializations: materializationStore(database),
    partitions: partitionStore(database),
    dynamicPartitions: dynamicPartitionStore(database),
    observations: observationStore(database),
    checks: checkStore(database),
    freshness: freshnessStore(database),
    reports: reportStore(database),
    codeLocations: codeLocationStore(database),
    instigators: instigatorStore(database),
    ticks: tickStore(database),
    sensorEvents: sensorEventStore(database),
    ping: async () => {
      await database.session((session) => session('select 1'))
    },
    close: () => database.close(),
  }
}
