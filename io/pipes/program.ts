import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithUs } from './owner-watch.ts'
import { signalGroup } from './process-group.ts'
import { programNotStarted } from './program-not-started.ts'

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
    try {
      const child = spawned(spec)
      const release = child.pid === undefined ? undefined : endWithUs(child.pid, spec.killAfterMs)
      const program = new Program(child, spec.killAfterMs)
      await once(child, 'spawn')
      void program.ended().then(release)
      return program
    } catch (error) {
      throw await programNotStarted(spec, error)
    }
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

function spawned({ command: [file, ...args], cwd, environment }: ProgramSpec): ChildProcess {
  return spawn(file, args, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what the program starts can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}
