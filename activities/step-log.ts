import type { LogFields, Logger, LogLevel, LogSource } from '../definitions/logger.ts'
import { outsideSteps } from '../execution/running-step.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import type { LogLine } from '../metadata/stores/step-store.ts'

/** Lines are written together after this time, so that a chatty step costs few statements. Unit: milliseconds. */
const flushAfterMs = 300

/** …or as soon as this many wait. */
const flushAtLines = 200

/** …or this many characters, so that whoever reads a page of chunks doesn't get megabytes at once. */
const flushAtCharacters = 64 * 1024

/** Lines a step may log; after that one line says so. Keeps a log in a loop from filling the store. */
const maximumLines = 20_000

/** …and characters, fields included: 8 Mi, at most as many lines of 400 characters, which is long for a line. */
const maximumCharacters = 8 * 1024 * 1024

/** Characters of a message that are kept: about four screens. A dump belongs in a file. */
const longestMessage = 8 * 1024

/** Characters of JSON that the fields of a line may have. */
const longestFields = 16 * 1024

/** The log of one attempt of a step: buffers lines, writes them in chunks, never makes the step fail. */
export class StepLog implements Logger {
  readonly #write: (lines: readonly LogLine[]) => Promise<void>
  readonly #secrets: SecretMask
  #lines: LogLine[] = []
  #waitingCharacters = 0
  #count = 0
  #characters = 0
  #isFull = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #written: Promise<void> = Promise.resolve()

  constructor({ write, secrets }: { readonly write: (lines: readonly LogLine[]) => Promise<void>; readonly secrets: SecretMask }) {
    this.#write = write
    this.#secrets = secrets
  }

  debug(message: string, fields?: LogFields): void {
    this.add({ source: 'log', level: 'debug', message, fields })
  }

  info(message: string, fields?: LogFields): void {
    this.add({ source: 'log', level: 'info', message, fields })
  }

  warn(message: string, fields?: LogFields): void {
    this.add({ source: 'log', level: 'warn', message, fields })
  }

  error(message: string, fields?: LogFields): void {
    this.add({ source: 'log', level: 'error', message, fields })
  }

  /** Whether there is nothing that waits to be written. */
  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Writes what waits, and resolves when it is written. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#lines
    this.#lines = []
    this.#waitingCharacters = 0
    // What the store's driver throws or writes on the way is none of the step's, whose code may have called this.
    if (lines.length > 0) this.#written = outsideSteps(() => this.#written.then(() => this.#write(lines)))
    await this.#written
  }

  /** Adds a line, secrets taken out and cut to what is kept of it. */
  add({ source, level, message, fields }: NewLine): void {
    if (this.#isFull) return
    const shown = cut(this.#secrets.text(message))
    const json = fields === undefined ? null : plain(fields)
    this.#count += 1
    this.#characters += shown.length + (json?.length ?? 0)
    this.#isFull = this.#count > maximumLines || this.#characters > maximumCharacters
    if (this.#isFull) return this.#push({ source: 'log', level: 'warn', message: fullText(this.#count), fields: null }, 0)
    this.#push({ source, level, message: shown, fields: json === null ? null : this.#fields(json) }, shown.length + (json?.length ?? 0))
  }

  #fields(json: string): LogFields {
    if (json.length > longestFields) return { leftOut: `${json.length} characters of JSON, more than ${longestFields}` }
    return this.#secrets.json(JSON.parse(json) as LogFields)
  }

  #push(line: Omit<LogLine, 'time'>, characters: number): void {
    this.#lines.push({ time: new Date().toISOString(), ...line })
    this.#waitingCharacters += characters
    if (this.#lines.length >= flushAtLines || this.#waitingCharacters >= flushAtCharacters) void this.flush()
    else this.#timer ??= outsideSteps(() => setTimeout(() => void this.flush(), flushAfterMs))
  }
}

interface NewLine {
  readonly source: LogSource
  readonly level: LogLevel
  readonly message: string
  readonly fields?: LogFields | undefined
}

function cut(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}… (cut after ${longestMessage} characters)`
}

function fullText(count: number): string {
  const limit = count > maximumLines ? `${maximumLines} lines` : `${maximumCharacters / 1024 / 1024} MiB`
  return `This step logged ${limit}; further lines are left out.`
}

/** Fields as JSON; what JSON can't hold becomes text, because a log line must not make a step fail. */
function plain(fields: LogFields): string {
  const seen = new WeakSet<object>()
  return JSON.stringify(fields, (_key, value: unknown) => {
    if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value)
    if (value instanceof Error) return value.message
    if (typeof value !== 'object' || value === null) return value
    if (seen.has(value)) return '[seen before]'
    seen.add(value)
    return value
  })
}
