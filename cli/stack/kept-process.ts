/** A process that can be kept up. */
export interface KeepableProcess {
  /** Resolves when it is gone, with how it ended. Never rejects. */
  readonly exited: Promise<unknown>
  stop(): Promise<void>
}

/** What a {@link KeptProcess} says. */
export interface KeepingListener<TProcess> {
  /** It ended though nobody asked it to. */
  readonly onEnded: (ended: TProcess, how: unknown) => void | Promise<void>
  readonly onRestarted: (process: TProcess) => void
  /** Starting it again failed; it is tried again, or given up. */
  readonly onStartFailed: (error: unknown) => void
  readonly onGivenUp: (error: unknown) => void
}

/** First wait before a process is started again; it doubles each time up to the longest. Unit: milliseconds. */
const firstWaitMs = 100
const longestWaitMs = 5_000

/** A process that lived this long was healthy: its next end is a new story. Unit: milliseconds. */
const healthyMs = 20_000

/** Starts in a row that may fail, or end before they were healthy, until it is given up. */
const mostTries = 12

/** Keeps a process up: starts it again when it ends, slower each time, until it is told to stop. */
export class KeptProcess<TProcess extends KeepableProcess> {
  readonly #start: () => Promise<TProcess>
  readonly #listener: KeepingListener<TProcess>
  #current: TProcess | undefined
  #stopping = false
  #tries = 0
  #startedAt = 0

  constructor(start: () => Promise<TProcess>, listener: KeepingListener<TProcess>) {
    this.#start = start
    this.#listener = listener
  }

  get current(): TProcess | undefined {
    return this.#current
  }

  /** Starts it for the first time. Rejects where that fails. */
  async start(): Promise<TProcess> {
    const started = await this.#start()
    if (this.#stopping) await started.stop()
    this.#hold(started)
    return started
  }

  /** Starts a second one and, once that is up, stops the first. Where the second can't be started, the first goes on and this rejects. */
  async replace(): Promise<TProcess> {
    const before = this.#current
    const started = await this.start()
    await before?.stop()
    return started
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#current?.stop()
  }

  /** Whatever was held before is stopped: a reload and a restart may meet, and just one process may be left. */
  #hold(process: TProcess): void {
    void this.#current?.stop()
    this.#current = process
    this.#startedAt = Date.now()
    void process.exited.then((how) => this.#ended(process, how))
  }

  async #ended(process: TProcess, how: unknown): Promise<void> {
    if (this.#stopping || this.#current !== process) return
    if (Date.now() - this.#startedAt > healthyMs) this.#tries = 0
    await this.#listener.onEnded(process, how)
    await this.#restart(new Error(`it ended (${String(how)}) ${this.#tries + 1} times in a row`))
  }

  async #restart(reason: unknown): Promise<void> {
    let lastError = reason
    while (!this.#stopping) {
      this.#tries += 1
      if (this.#tries > mostTries) return this.#listener.onGivenUp(lastError)
      if (this.#tries > 1) await wait(Math.min(firstWaitMs * 2 ** (this.#tries - 2), longestWaitMs))
      try {
        return this.#listener.onRestarted(await this.start())
      } catch (error) {
        lastError = error
        this.#listener.onStartFailed(error)
      }
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
