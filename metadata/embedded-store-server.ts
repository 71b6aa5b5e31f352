import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AssetryError } from '../definitions/errors.ts'
import { embeddedDatabase, isEmbeddedDatabase, openEngine } from './embedded-database.ts'
import { createEmbeddedDatabaseApart } from './embedded-store-process.ts'
import { prepareStoreSocket } from './embedded-store-socket.ts'
import { migrate } from './migrate.ts'
import { acquireProcessLock, type ProcessLock } from './process-lock.ts'
import { warmUp } from './warm-up.ts'
import { WireServer } from './wire-server.ts'

export interface EmbeddedStoreServer {
  /** What `openStore` takes. */
  readonly url: string
  /** Ends connections, closes the database and gives the lock back. */
  close(): Promise<void>
}

/** The folder of the database in an Assetry home. */
export const storeFolder = (home: string): string => join(resolve(home), 'store')

/** How long to wait for another process to let go of the store: a server whose parent has died needs a moment. Unit: milliseconds. */
const lockWaitMs = 10_000

/**
 * Serves the embedded metadata store of a home (`<home>/store`) on a Unix socket, after bringing its tables up to date.
 *
 * @throws `STORE_LOCKED` where a live process has it, `STORE_TOO_NEW`
 */
export async function serveEmbeddedStore({ home }: { readonly home: string }): Promise<EmbeddedStoreServer> {
  const lock = await lockStore(home)
  try {
    return await serve(home, lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function serve(home: string, lock: ProcessLock): Promise<EmbeddedStoreServer> {
  const folder = storeFolder(home)
  await removeUnfinished(folder)
  if (!isEmbeddedDatabase(folder)) await createEmbeddedDatabaseApart(folder)
  const engine = await openEngine(folder)
  const database = embeddedDatabase(engine)
  await migrate(database)
  await database.session(warmUp)
  const socket = await prepareStoreSocket(home)
  const server = new WireServer(engine)
  await server.listen(socket.path)
  return {
    url: socket.url,
    close: async () => {
      await server.close()
      await engine.close()
      await lock.release()
    },
  }
}

async function lockStore(home: string): Promise<ProcessLock> {
  const path = `${storeFolder(home)}.lock`
  const outcome = await acquireProcessLock({ path, waitMs: lockWaitMs })
  if (outcome.kind === 'acquired') return outcome.lock
  const { pid } = outcome
  throw new AssetryError(
    'STORE_LOCKED',
    `The metadata store in ${storeFolder(home)} is in use by process ${pid}; two at once would destroy it. ` +
      `Stop that process, or set ASSETRY_HOME to another folder.`,
    { facts: { folder: storeFolder(home), pid } },
  )
}

/** Removes databases that a killed process had not finished making. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(dirname(folder))
  const unfinished = names.filter((name) => name.startsWith(`${basename(folder)}.new-`))
  await Promise.all(unfinished.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true })))
}
