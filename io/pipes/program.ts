import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram, programNotStarted } from './find-program.ts'
import { endWithUs } from './owner-watch.ts'
import { signalGroup } from './process-group.ts'

/** What to start. */
export interface ProgramSpec {
  readonly command: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Time between the request to end and the end by force. Unit: milliseconds. */
  readonly killAfterMs: number
}

/** How a program ended: by itself with a code, or by a signal. */
export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Time in which what a program wrote last must have come after its end, where others hold its output open. Unit: milliseconds. */
const outputPatienceMs = 2_000

/** Time between two looks at whether a program's processes are gone. Unit: milliseconds. */
const pollMs = 20

/**
 * A program in a process group of its own, which is gone to the last process when this one says so, and is ended where
 * our process dies before.
 */
export class Program {
  readonly #child: ChildProcess
  readonly #killAfterMs: number
  readonly #ended: Promise<ProgramEnd>
  /** Resolves when nobody can write to its output any more, and all of it was read. */
  readonly #closed: Promise<unknown>
  #stopping: Promise<void> | undefined

  private constructor(child: ChildProcess, killAfterMs: number) {
    this.#child = child
    this.#killAfterMs = killAfterMs
    // After its start there is nothing it could say that its end doesn't.
    child.on('error', () => undefined)
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
    this.#closed = new Promise((resolve) => child.once('close', resolve))
  }

  /** @throws `PROGRAM_NOT_STARTED` */
  static async start(spec: ProgramSpec): Promise<Program> {
    if (process.platform !== 'win32') await findProgram(spec)
    try {
      const child = process.platform === 'win32' ? spawnAlone(spec) : spawnWaiting(spec)
      const program = new Program(child, spec.killAfterMs)
      await once(child, 'spawn')
      program.#watch()
      return program
    } catch (error) {
      const { code = 'nothing more' } = error as NodeJS.ErrnoException
      throw programNotStarted(spec, `the system says ${code}`, error)
    }
  }

  /** From here on it is watched, and only then it begins. */
  #watch(): void {
    const release = endWithUs(this.pid, this.#killAfterMs)
    void this.ended().then(release)
    const start = this.#child.stdio[3] as Writable | null | undefined
    // A program that was killed before it began can't be told to.
    start?.on('error', () => undefined).end('\n')
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** What it writes, piece by piece, until it and whatever it has started have ended. */
  output(stream: 'stdout' | 'stderr'): AsyncIterable<Buffer> {
    return (this.#child[stream] ?? []) as AsyncIterable<Buffer>
  }

  /** Resolves when the program has ended and nothing of it is left. */
  async ended(): Promise<ProgramEnd> {
    const end = await this.#ended
    await this.stop()
    return end
  }

  /** Asks all its processes to end (SIGTERM), ends them (SIGKILL) where they don't in time, and waits. May be called again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    if (process.platform === 'win32') this.#child.kill()
    else if (signalGroup(this.pid, 'SIGTERM')) await this.#killed()
    await this.#ended
    // A process that left the group may hold the output open for good.
    const closed = new AbortController()
    const patience = sleep(outputPatienceMs, undefined, { signal: closed.signal }).catch(() => undefined)
    await Promise.race([this.#closed, patience])
    closed.abort()
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
  }

  async #killed(): Promise<void> {
    const deadline = performance.now() + this.#killAfterMs
    while (signalGroup(this.pid, 0)) {
      if (performance.now() >= deadline) return void signalGroup(this.pid, 'SIGKILL')
      await sleep(pollMs)
    }
  }
}

/**
 * Waits for a line on file 3, then becomes the program. Whoever owns it must have set a watch on it by then: were it to
 * begin at once, an owner that is killed in the same moment would leave it behind.
 */
const waiting = 'read -r _ <&3 || exit 1; exec "$@" 3<&-'

function spawnWaiting({ command, cwd, environment }: ProgramSpec): ChildProcess {
  return spawn('/bin/sh', ['-c', waiting, 'sh', ...oddVariables(environment), ...command], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A process group of its own, so that what the program starts can be ended with it.
    detached: true,
  })
}

/** Variables by names that a shell can't have (`a.b`) are lost in one; the program gets them past it. */
function oddVariables(environment: ProgramSpec['environment']): readonly string[] {
  const odd = Object.entries(environment).filter(([name, value]) => value !== undefined && !/^[A-Za-z_]\w*$/.test(name) && /^\w/.test(name))
  return odd.length === 0 ? [] : ['env', ...odd.map(([name, value]) => `${name}=${value}`)]
}

function spawnAlone({ command: [file, ...args], cwd, environment }: ProgramSpec): ChildProcess {
  return spawn(file, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
}
