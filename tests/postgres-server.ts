import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

/** A PostgreSQL cluster of a test's own, on a free port of 127.0.0.1. */
export interface PostgresServer {
  /** Makes an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /** Ends it as a crash would: nothing is written any more, the next start recovers. */
  crash(): Promise<void>
  /** Starts it again on the same port, after a crash. */
  start(): Promise<void>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** @param binaries - folder of `initdb` and `postgres` */
export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'assetry-postgres-'))
  await chmod(folder, 0o700)
  const account = await serverAccount()
  if (account !== undefined) await chown(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const [command, ...args] = as(account, join(binaries, 'initdb'))
  await run(command, [...args, '-D', data, '-U', 'assetry', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync'], { cwd: '/' })
  const port = await freePort()
  const url = (database: string): string => `postgres://assetry@127.0.0.1:${port}/${database}`
  let server: ChildProcess
  let databases = 0
  const start = async (): Promise<void> => {
    server = launch(as(account, join(binaries, 'postgres')), ['-D', data, '-p', String(port), '-k', '', '-h', '127.0.0.1'])
    await ready(url('postgres'))
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill(signal)
    await once(server, 'exit')
  }
  await start()
  return {
    createDatabase: async () => {
      const name = `store_${(databases += 1)}`
      await statement(url('postgres'), `create database ${name}`)
      return url(name)
    },
    // Immediate shutdown: all processes end without a checkpoint.
    crash: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGQUIT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Account {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root; its packages make the user `postgres`. */
async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)))
  return { uid: uid ?? 0, gid: gid ?? 0 }
}

function as(account: Account | undefined, program: string): [string, ...string[]] {
  if (account === undefined) return [program]
  return ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups', program]
}

function launch([command, ...before]: [string, ...string[]], args: readonly string[]): ChildProcess {
  return spawn(command, [...before, ...args], { cwd: '/', stdio: ['ignore', 'ignore', 'ignore'] })
}

async function ready(url: string): Promise<void> {
  for (let left = 200; ; left -= 1) {
    try {
      return await statement(url, 'select 1')
    } catch (error) {
      if (left === 0) throw error
      await sleep(50)
    }
  }
}

async function statement(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
