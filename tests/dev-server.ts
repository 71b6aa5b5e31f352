import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../client/index.ts'
import type { StackState } from '../cli/stack/stack-state.ts'

/** The built command, as a user has it. */
export const assetryCommand = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

export interface DevServerOptions {
  /** Path of the definitions file. */
  readonly definitionsFile: string
  readonly home: string
  readonly port: number
  readonly environment?: Readonly<Record<string, string>>
}

/** A real `assetry dev` in a process of its own. */
export class DevServer {
  readonly client: Client
  readonly process: ChildProcess
  readonly exited: Promise<unknown>
  readonly #home: string
  #output = ''

  constructor({ definitionsFile, home, port, environment }: DevServerOptions) {
    this.#home = home
    this.process = spawn(process.execPath, [assetryCommand, 'dev', '-f', definitionsFile, '-p', String(port)], {
      env: { ...process.env, ...environment, ASSETRY_HOME: home, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.process.stdout, this.process.stderr]) stream?.on('data', (data: Buffer) => (this.#output += data.toString()))
    this.exited = once(this.process, 'exit')
    this.client = createClient({ baseUrl: `http://127.0.0.1:${port}` })
  }

  /** All it has printed so far. */
  get output(): string {
    return this.#output
  }

  /** Waits until it has printed `text`. */
  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`dev ended without printing "${text}":\n${this.#output}`)
      await wait(50)
    }
  }

  /** What the stack wrote down about its processes. */
  async state(): Promise<StackState> {
    return JSON.parse(await readFile(join(this.#home, 'stack.json'), 'utf8')) as StackState
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    this.process.kill('SIGINT')
    await this.exited
  }
}

/** Waits until `condition` gives something, and returns it. */
export async function until<T>(condition: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await condition()
    if (found !== undefined) return found
    await wait(50)
  }
}
