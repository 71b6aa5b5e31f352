import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { AssetryError, type ErrorCode, errorCodes } from '../definitions/errors.ts'

/** What the store's process says to its parent, once. After `failed` it ends. */
export type EmbeddedStoreMessage =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'failed'; readonly error: { readonly code: string; readonly message: string } }

export interface EmbeddedStoreProcess {
  /** What `openStore` takes. The same one after a restart. */
  readonly url: string
  readonly pid: number
  /** Settles when the process is gone, with its exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** Closes the store and ends the process. Repeating it is harmless. */
  stop(): Promise<void>
}

// Compiled, this file and the entry end in .js; from sources they need a loader.
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** The entry file of the store's process. Its arguments are `serve` and the Assetry home. */
export const embeddedStoreEntry: string = fileURLToPath(new URL(`./embedded-store-main${extension}`, import.meta.url))

/**
 * Starts a process that serves the embedded metadata store of a home, and waits until it is ready. It ends with this one.
 *
 * @throws `STORE_LOCKED`, `STORE_TOO_NEW`
 */
export async function startEmbeddedStore({ home }: { readonly home: string }): Promise<EmbeddedStoreProcess> {
  const child = forkEntry(['serve', home])
  const exited = exitOf(child)
  const url = await readyOf(child, exited)
  return {
    url,
    pid: child.pid ?? 0,
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}

/** Makes an empty database in a process of its own: making one leaves a process with 600 MB more than opening one. */
export async function createEmbeddedDatabaseApart(folder: string): Promise<void> {
  const end = await exitOf(forkEntry(['create', folder]))
  if (end !== 0) throw new AssetryError('INTERNAL', `Making the metadata store in ${folder} failed (${end}).`, { facts: { folder, end } })
}

function forkEntry(args: readonly string[]): ChildProcess {
  // A debugger's port, and the like, are the parent's own.
  const execArgv = extension === '.ts' ? ['--import', 'tsx'] : []
  return fork(embeddedStoreEntry, args, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

async function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal ?? code ?? 0
}

async function readyOf(child: ChildProcess, exited: Promise<number | NodeJS.Signals>): Promise<string> {
  const said = once(child, 'message').then(([message]) => message as EmbeddedStoreMessage)
  const first = await Promise.race([said, exited])
  if (typeof first !== 'object') throw new AssetryError('INTERNAL', `The metadata store's process ended before it was ready (${first}).`)
  if (first.type === 'ready') return first.url
  const { code, message } = first.error
  throw new AssetryError(isErrorCode(code) ? code : 'INTERNAL', message)
}

function isErrorCode(code: string): code is ErrorCode {
  return (errorCodes as readonly string[]).includes(code)
}
