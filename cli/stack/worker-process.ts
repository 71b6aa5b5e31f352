import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { AssetryError } from '../../definitions/errors.ts'
import { errorOfProcess } from './process-error.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** What the supervisor wants to hear of a worker besides its promises. */
export interface WorkerListener {
  readonly onOutput: (line: string) => void
  readonly onWarning: (message: string) => void
}

/** How a process ended, in words: `exit code 1`, `SIGKILL`. */
export type ProcessEnd = string

/** A worker whose event loop is blocked hears nothing: it is ended after its grace time and the SDK's own. Unit: milliseconds. */
const mostPatienceMs = 25_000

/** Lines of output that are told when the process ends too early. */
const keptLines = 12

/** One worker process, from its start to its end. */
export class WorkerProcess {
  readonly pid: number
  /** Resolves when the definitions are loaded; rejects with what loading them threw. */
  readonly loaded: Promise<{ readonly assetCount: number; readonly jobCount: number }>
  /** Resolves with the worker's identity when it polls. */
  readonly ready: Promise<string>
  readonly exited: Promise<ProcessEnd>
  readonly #child: ChildProcess
  #lastLines: readonly string[] = []

  constructor(definitionsFile: string, home: string, listener: WorkerListener) {
    this.#child = fork(fileURLToPath(new URL('./worker-main.js', import.meta.url)), [definitionsFile], {
      env: { ...process.env, ASSETRY_HOME: home },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.pid = this.#child.pid ?? -1
    const kill = (): void => this.kill()
    process.once('exit', kill)
    this.#child.once('exit', () => process.off('exit', kill))
    this.exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)))
    this.loaded = this.#message('loaded', ({ assetCount, jobCount }) => ({ assetCount, jobCount }))
    this.ready = this.#message('ready', ({ identity }) => identity)
    this.#child.on('message', (message: FromWorker) => message.type === 'warning' && listener.onWarning(message.message))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#said(line, listener))
    }
  }

  #said(line: string, listener: WorkerListener): void {
    this.#lastLines = [...this.#lastLines, line].slice(-keptLines)
    listener.onOutput(line)
  }

  start(message: Omit<ToWorker, 'type'>): void {
    if (this.#child.connected) this.#child.send({ type: 'start', ...message } satisfies ToWorker)
  }

  /** Lets running steps finish for the grace time, then ends the process. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), mostPatienceMs)
    await this.exited
    clearTimeout(timer)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #message<TType extends FromWorker['type'], TResult>(
    type: TType,
    pick: (message: Extract<FromWorker, { type: TType }>) => TResult,
  ): Promise<TResult> {
    const told = new Promise<TResult>((resolve, reject) => {
      this.#child.on('message', (message: FromWorker) => {
        if (message.type === type) resolve(pick(message as Extract<FromWorker, { type: TType }>))
        if (message.type === 'failed') reject(errorOfProcess(message.error))
      })
      void this.exited.then((end) => reject(this.#endedTooEarly(end)))
    })
    told.catch(() => undefined)
    return told
  }

  #endedTooEarly(end: ProcessEnd): AssetryError {
    const said = this.#lastLines.length === 0 ? '' : ` Its last words:\n${this.#lastLines.join('\n')}`
    return new AssetryError('WORKER_LOST', `The worker process ended (${end}) before it was ready.${said}`, { facts: { end } })
  }
}
