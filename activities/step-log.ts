import type { LogFields, Logger, LogLevel } from '../definitions/logger.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import type { LogLine } from '../metadata/metadata-store.ts'

/** Lines are written together after this time, so that a chatty step costs few statements. Unit: milliseconds. */
const flushAfterMs = 300

/** …or as soon as this many wait. */
const flushAtLines = 200

/** Lines a step may log; after that one line says so. Keeps a log in a loop from filling the store. */
const maximumLines = 20_000

/** The log of one attempt of a step: buffers lines, writes them in chunks, never makes the step fail. */
export class StepLog implements Logger {
  readonly #write: (lines: readonly LogLine[]) => Promise<void>
  readonly #secrets: SecretMask
  #lines: LogLine[] = []
  #count = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #written: Promise<void> = Promise.resolve()

  constructor({ write, secrets }: { readonly write: (lines: readonly LogLine[]) => Promise<void>; readonly secrets: SecretMask }) {
    this.#write = write
    this.#secrets = secrets
  }

  debug(message: string, fields?: LogFields): void {
    this.#add('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#add('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#add('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#add('error', message, fields)
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
    if (lines.length > 0) this.#written = this.#written.then(() => this.#write(lines))
    await this.#written
  }

  #add(level: LogLevel, message: string, fields: LogFields | undefined): void {
    this.#count += 1
    if (this.#count > maximumLines + 1) return
    if (this.#count === maximumLines + 1)
      this.#push('warn', `This step logged ${maximumLines} lines; further lines are left out.`, undefined)
    else this.#push(level, message, fields)
  }

  #push(level: LogLevel, message: string, fields: LogFields | undefined): void {
    this.#lines.push({ time: new Date().toISOString(), level, message: this.#secrets.text(message), fields: plain(fields, this.#secrets) })
    if (this.#lines.length >= flushAtLines) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), flushAfterMs)
  }
}

/** Fields as JSON; what JSON can't hold becomes text, because a log line must not make a step fail. */
function plain(fields: LogFields | undefined, secrets: SecretMask): LogFields | null {
  if (fields === undefined) return null
  const seen = new WeakSet<object>()
  const text = JSON.stringify(fields, (_key, value: unknown) => {
    if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value)
    if (value instanceof Error) return value.message
    if (typeof value !== 'object' || value === null) return value
    if (seen.has(value)) return '[seen before]'
    seen.add(value)
    return value
  })
  return secrets.json(JSON.parse(text) as LogFields)
}
