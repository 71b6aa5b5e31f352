import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AssetryError } from '../definitions/errors.ts'
import { openConnection } from './connection.ts'
import { embeddedServerEnvironment, embeddedServerFlags } from './embedded-server-flags.ts'
import { freePort, isPortFree } from './free-port.ts'
import { type GuardedProcess, type ProcessExit, startGuarded } from './guarded-process.ts'

/** What {@link startTemporalServer} is told. */
export interface TemporalServerOptions {
  /** The Temporal CLI, from `ensureTemporalCli`. */
  readonly cli: { readonly path: string }
  /**
   * Folder of the database and the log; made where it is missing. One server a folder: the caller sees to that with a
   * lock, the server does not.
   */
  readonly folder: string
  /**
   * Port of the gRPC service. A server that is started again after a crash is given the same one, because workers keep
   * the address for life.
   *
   * @default a free one
   */
  readonly port?: number
  /** Port of Temporal's Web UI. @default a free one */
  readonly uiPort?: number
  /** Milliseconds it has to become ready. @default 30000 */
  readonly readyWithin?: number
}

/** A Temporal server of this process: it ends when this process does, even by `kill -9`. */
export interface TemporalServer {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly port: number
  readonly uiUrl: string
  readonly uiPort: number
  readonly namespace: string
  /** Of the server itself. */
  readonly pid: number
  /** Where its output is; the previous server's is beside it with the ending `.1`. */
  readonly logFile: string
  /** Resolves when it is gone for certain, so that another may be started on the same folder and port. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Ends it and waits until it is gone. May be called again, and for one that is gone. */
  stop(): Promise<void>
}

/** The namespace that every development server has. */
const namespace = 'default'

/** Servers to start where other programs take the ports away that this one was going to use. */
const attempts = 3

/**
 * Starts Temporal's development server on a database file, and returns when it answers. What was running in an earlier
 * server on the same folder goes on.
 *
 * @throws `PORT_IN_USE` for a given port that is taken; `TEMPORAL_UNREACHABLE` with the last lines of its log where it
 * does not become ready
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const folder = resolve(options.folder)
  const logFile = join(folder, 'temporal.log')
  await mkdir(folder, { recursive: true })
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce({ ...options, folder }, logFile)
    if (started.failure === undefined) return started.server
    // Of the four ports it chooses by itself, another program may have been quicker to take one.
    if (attempt === attempts || !started.log.includes('address already in use')) throw started.failure
  }
}

type Start = { server: TemporalServer; failure?: undefined } | { failure: AssetryError; log: string }

async function startOnce(options: TemporalServerOptions, logFile: string): Promise<Start> {
  const ports = { port: await portFor('gRPC', options.port), uiPort: await portFor('Web UI', options.uiPort) }
  const guarded = await startProcess(options, ports, logFile)
  const why = await whyNotReady(guarded, ports.port, options.readyWithin ?? 30_000)
  if (why === undefined) return { server: serverOf(guarded, ports, logFile) }
  await guarded.stop()
  const log = await readFile(logFile, 'utf8')
  return { failure: notReady(why, `127.0.0.1:${ports.port}`, logFile, log), log }
}

async function portFor(what: string, given: number | undefined): Promise<number> {
  if (given === undefined) return freePort()
  if (await isPortFree(given)) return given
  throw new AssetryError(
    'PORT_IN_USE',
    `Port ${given} of 127.0.0.1, which the embedded Temporal server's ${what} is to use, is taken by another program. End that program, or choose another port.`,
    { facts: { port: given } },
  )
}

async function startProcess(
  { cli, folder }: TemporalServerOptions,
  ports: { port: number; uiPort: number },
  logFile: string,
): Promise<GuardedProcess> {
  const output = await freshLog(logFile)
  try {
    const args = embeddedServerFlags({ folder, ...ports })
    return await startGuarded({ command: cli.path, args, environment: embeddedServerEnvironment(folder), outputFile: output.fd })
  } finally {
    // The process has its own copy.
    await output.close()
  }
}

async function freshLog(logFile: string): Promise<FileHandle> {
  await rename(logFile, `${logFile}.1`).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
  return open(logFile, 'a', 0o600)
}

function serverOf(guarded: GuardedProcess, ports: { port: number; uiPort: number }, logFile: string): TemporalServer {
  return {
    address: `127.0.0.1:${ports.port}`,
    uiUrl: `http://127.0.0.1:${ports.uiPort}`,
    ...ports,
    namespace,
    logFile,
    pid: guarded.pid,
    exited: guarded.exited,
    stop: () => guarded.stop(),
  }
}

/** Waits for the first call that is answered. Returns why there is none, in words. */
async function whyNotReady(guarded: GuardedProcess, port: number, readyWithin: number): Promise<string | undefined> {
  const abort = new AbortController()
  const timeout = setTimeout(() => abort.abort(), readyWithin)
  const answered = answers(port, abort.signal)
  const ended = guarded.exited.then((exit) => `it ended ${exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`}`)
  const why = await Promise.race([answered, ended])
  clearTimeout(timeout)
  abort.abort()
  return why ?? undefined
}

async function answers(port: number, signal: AbortSignal): Promise<string | undefined> {
  let why: unknown = 'nothing listens'
  while (!signal.aborted) {
    try {
      // gRPC waits a second after each refused connection; a bare connection may be tried again at once.
      await connectable(port)
      await describeNamespace(port)
      return undefined
    } catch (error) {
      why = error
    }
    await sleep(20)
  }
  return `it did not answer in time (${why instanceof Error ? why.message : String(why)})`
}

function connectable(port: number): Promise<void> {
  return new Promise((done, reject) => {
    const socket = connect(port, '127.0.0.1', () => done())
    socket.once('error', reject).once('connect', () => socket.destroy())
  })
}

async function describeNamespace(port: number): Promise<void> {
  const connection = await openConnection({ address: `127.0.0.1:${port}` }, Date.now() + 5_000)
  try {
    await connection.withDeadline(Date.now() + 5_000, () => connection.workflowService.describeNamespace({ namespace }))
  } finally {
    await connection.close()
  }
}

function notReady(why: string, address: string, logFile: string, log: string): AssetryError {
  const lines = log.trimEnd().split('\n').slice(-5)
  return new AssetryError(
    'TEMPORAL_UNREACHABLE',
    `The embedded Temporal server at ${address} did not start: ${why}. The last lines of ${logFile}:\n` +
      `${lines.map((line) => `  ${line}`).join('\n')}\nMend what they name and start again, or set TEMPORAL_ADDRESS to use another Temporal server.`,
    { facts: { address, logFile } },
  )
}
