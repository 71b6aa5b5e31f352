import { setTimeout as wait } from 'node:timers/promises'
import type { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBLibrary } from './duckdb-library.ts'

/** Where a database is, and what it is opened with. */
export interface DuckDBPlace {
  /** A file, or `:memory:`. */
  readonly path: string
  /** DuckDB's own settings by name, such as `memory_limit`. All who open one file in one process must give the same. */
  readonly settings?: Readonly<Record<string, string>>
}

/** How long another process that has the file open is waited for. It is open only while a value is saved or loaded. Unit: milliseconds. */
const waitForOthersMs = 30_000

/** Time between two tries. Unit: milliseconds. */
const retryMs = 100

/**
 * Opens a database. DuckDB lets one process at a time have a file; within a process all who open it share one instance,
 * since two on one file would damage it.
 *
 * @throws what DuckDB says, also where another process keeps the file open for half a minute
 */
export async function openInstance(library: DuckDBLibrary, { path, settings }: DuckDBPlace, signal?: AbortSignal): Promise<DuckDBInstance> {
  for (let waited = 0; ; waited += retryMs) {
    signal?.throwIfAborted()
    try {
      if (path === ':memory:') return await library.DuckDBInstance.create(path, { ...settings })
      return await library.DuckDBInstance.fromCache(path, { ...settings })
    } catch (error) {
      if (waited >= waitForOthersMs || !isLocked(error)) throw error
      await wait(retryMs)
    }
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Could not set lock on file')
}
