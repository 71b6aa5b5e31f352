/** Values that go with a log line. Plain JSON. */
export type LogFields = Readonly<Record<string, unknown>>

/** How serious a log line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** By what a log line was written: `context.log`, a method of `console`, or a write to the process's own stdout or stderr. */
export type LogSource = 'log' | 'console' | 'stdout' | 'stderr'

/** Writes to the log of the run. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
