import { isAssetryError } from '../definitions/errors.ts'
import { createEmbeddedDatabase } from './embedded-database.ts'
import type { EmbeddedStoreMessage } from './embedded-store-process.ts'
import { type EmbeddedStoreServer, serveEmbeddedStore } from './embedded-store-server.ts'

// The embedded metadata store's own process. Arguments: `serve HOME`, or `create FOLDER` to make an empty database and
// end. Ends when its parent does.

const [task, target] = process.argv.slice(2)
let server: EmbeddedStoreServer | undefined

process.once('uncaughtException', (error) => end(error))
process.once('unhandledRejection', (error) => end(error))
process.once('disconnect', () => void close())
process.once('SIGTERM', () => void close())
// Ctrl+C in a terminal reaches the whole process group; the parent decides when the store goes.
process.on('SIGINT', () => {})

if (target !== undefined && task === 'create') {
  await createEmbeddedDatabase(target)
  process.exit(0)
}
if (target !== undefined && task === 'serve') {
  try {
    server = await serveEmbeddedStore({ home: target })
    tell({ type: 'ready', url: server.url })
    if (!process.connected) await close()
  } catch (error) {
    end(error)
  }
}

function tell(message: EmbeddedStoreMessage, then: () => void = () => {}): void {
  if (process.connected && process.send) process.send(message, undefined, undefined, then)
  else then()
}

async function close(): Promise<void> {
  try {
    await server?.close()
    process.exit(0)
  } catch (error) {
    end(error)
  }
}

/** Ends at once, without closing the database: what has been answered is in its log, and the next one to open it reads it. */
function end(error: unknown): void {
  const code = isAssetryError(error) ? error.code : 'INTERNAL'
  const message = error instanceof Error ? error.message : String(error)
  tell({ type: 'failed', error: { code, message } }, () => process.exit(1))
}
