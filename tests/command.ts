import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assetryCommand } from './dev-server.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** A user's project in a folder of its own, with Assetry installed. */
export interface TestProject {
  readonly folder: string
  write(name: string, text: string): void
  remove(): void
}

/** @param files - text by name; a `package.json` without `"type"` unless one is given */
export function testProject(files: Readonly<Record<string, string>>): TestProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assetry-project-')))
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(repository, join(folder, 'node_modules/assetry'))
  symlinkSync(join(repository, 'node_modules/zod'), join(folder, 'node_modules/zod'))
  for (const [name, text] of Object.entries({ 'package.json': '{"private":true}', ...files })) write(name, text)
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** What a command left behind when it ended. */
export interface CommandEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A built `assetry` command that is running. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly ended: Promise<CommandEnd>
  /** Resolves when it has written `text`, to whichever stream. */
  wrote(text: string): Promise<void>
}

/** Starts the built command. Nothing of this process's own settings reaches it. */
export function startCommand(args: readonly string[], options: { folder: string; env?: Readonly<Record<string, string>> }): RunningCommand {
  const inherited = { ...process.env }
  for (const name of ['ASSETRY_URL', 'ASSETRY_TOKEN', 'ASSETRY_HOME', 'DATABASE_URL', 'TEMPORAL_ADDRESS']) delete inherited[name]
  const child = spawn(process.execPath, [assetryCommand, ...args], {
    cwd: options.folder,
    env: { ...inherited, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data: Buffer) => {
      written[name] += data.toString()
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<CommandEnd>((resolve) => child.once('close', (code) => resolve({ code, ...written })))
  const wrote = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if ((written.stdout + written.stderr).includes(text)) resolve()
      }
      listeners.add(look)
      void ended.then((end) =>
        reject(new Error(`assetry ${args.join(' ')} ended with ${end.code} and without "${text}":\n${end.stderr}${end.stdout}`)),
      )
      look()
    })
  return { process: child, ended, wrote }
}

/** Runs the built command to its end. */
export function command(args: readonly string[], options: { folder: string; env?: Readonly<Record<string, string>> }): Promise<CommandEnd> {
  return startCommand(args, options).ended
}
