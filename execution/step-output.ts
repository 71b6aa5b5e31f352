import { Console } from 'node:console'
import type { LogLevel, LogSource } from '../definitions/logger.ts'
import { LineJoiner } from './line-joiner.ts'
import { outsideSteps } from './running-step.ts'

/** One of the two streams that a process writes to. */
export type OutputStream = 'stdout' | 'stderr'

/** Something that user code wrote: one line, or what one call of the console wrote. */
export interface OutputLine {
  readonly source: Exclude<LogSource, 'log'>
  readonly level: LogLevel
  /** Without the newline at its end. */
  readonly text: string
  /** Where it would have gone by itself. */
  readonly stream: OutputStream
}

/** Methods of the console that write, each with the level its lines have; the rest of what it can do writes nothing. */
export const consoleLevels = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  dir: 'info',
  dirxml: 'info',
  table: 'info',
  group: 'info',
  groupCollapsed: 'info',
  groupEnd: 'info',
  count: 'info',
  countReset: 'info',
  time: 'info',
  timeLog: 'info',
  timeEnd: 'info',
  warn: 'warn',
  assert: 'warn',
  error: 'error',
  trace: 'error',
} as const satisfies Partial<Record<keyof Console, LogLevel>>

/** A method of the console that writes. */
export type ConsoleMethod = keyof typeof consoleLevels

/**
 * What the code of one step writes, by the console or to the process's streams, in lines. The step has a console of its
 * own, so that groups, counters and timers of steps side by side don't mix. Costs nothing until something is written.
 */
export class StepOutput {
  readonly #take: (line: OutputLine) => void
  readonly #joiners = new Map<OutputStream, LineJoiner>()
  #console: Console | undefined
  #level: LogLevel = 'info'
  #hasEnded = false

  constructor(take: (line: OutputLine) => void) {
    // Whatever is done with a line is not the step's doing: were it to write something, that would come here again.
    this.#take = (line) => outsideSteps(() => take(line))
  }

  /** Whether the step is over: what its code still writes is not its own any more. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Takes a piece of what is written to a stream; a line that it begins waits for its end. */
  write(stream: OutputStream, piece: string | Uint8Array): void {
    let joiner = this.#joiners.get(stream)
    if (joiner === undefined) {
      joiner = new LineJoiner((text) => this.#take({ source: stream, level: 'info', text, stream }))
      this.#joiners.set(stream, joiner)
    }
    joiner.add(piece)
  }

  /** Does what the method does on the step's own console. */
  call(method: ConsoleMethod, args: readonly unknown[]): void {
    this.#console ??= this.#ownConsole()
    this.#level = consoleLevels[method]
    Reflect.apply(this.#console[method] as (...args: readonly unknown[]) => void, this.#console, args)
  }

  /** The step is over: gives out the lines that were begun. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const joiner of this.#joiners.values()) joiner.end()
  }

  #ownConsole(): Console {
    // All that the console asks of a stream, where it need not look after the stream's errors.
    const to = (stream: OutputStream): NodeJS.WritableStream => {
      const write = (text: string): boolean => {
        this.#take({ source: 'console', level: this.#level, text: text.replace(/\n$/, ''), stream })
        return true
      }
      return { write } as NodeJS.WritableStream
    }
    return new Console({ stdout: to('stdout'), stderr: to('stderr'), ignoreErrors: false })
  }
}
