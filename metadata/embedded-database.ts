import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { callStatement, type Database } from './database.ts'

/** Whether a folder holds a database. */
export function isEmbeddedDatabase(folder: string): boolean {
  return existsSync(`${folder}/PG_VERSION`)
}

/**
 * Makes an empty database in a folder that doesn't exist yet. A process that dies meanwhile leaves nothing under that
 * name. Takes about 3 s and 800 MB of memory, most of which the process keeps (measured with PGlite 0.5.14).
 */
export async function createEmbeddedDatabase(folder: string): Promise<void> {
  const unfinished = `${folder}.new-${process.pid}`
  await mkdir(dirname(folder), { recursive: true })
  const engine = await PGlite.create({ dataDir: unfinished, startParams })
  await engine.close()
  await rename(unfinished, folder)
  await rm(unfinished, { recursive: true, force: true })
}

/** Opens the database in a folder, making it first where there is none. Only one process may have it open: see `process-lock.ts`. */
export async function openEngine(folder: string): Promise<PGlite> {
  if (!isEmbeddedDatabase(folder)) await createEmbeddedDatabase(folder)
  return await PGlite.create({ dataDir: folder, startParams })
}

/** A database in this very process. */
export function embeddedDatabase(engine: PGlite): Database {
  const builder = drizzle({ client: engine })
  return {
    read: async (query) => await query(builder),
    call: async (functionName, values) => {
      const { rows } = await engine.query<{ result: unknown }>(callStatement(functionName, values.length), [...values])
      return rows[0]?.result
    },
    // The engine has one connection; statements of others in between do no harm to what a migration does.
    session: (work) =>
      work(async (text, values) =>
        values === undefined
          ? ((await engine.exec(text)).at(-1)?.rows as Record<string, unknown>[])
          : (await engine.query<Record<string, unknown>>(text, [...values])).rows,
      ),
    close: () => engine.close(),
  }
}

/**
 * PostgreSQL's settings. A buffer of 16 MB instead of 128 takes 130 MB less memory (measured: 210 MB instead of 336 in
 * all), and the write-ahead log is recycled before it grows large.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB', '-c', 'max_wal_size=128MB', '-c', 'min_wal_size=32MB']
