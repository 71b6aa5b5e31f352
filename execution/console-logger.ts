import type { LogFields, Logger, LogLevel } from '../definitions/logger.ts'
import type { SecretMask } from './secret-mask.ts'

/** Writes log lines of an in-process run to stderr, so that stdout stays the caller's. */
export function consoleLogger(assetKey: string, secrets: SecretMask): Logger {
  const write =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      const text = fields === undefined ? message : `${message} ${JSON.stringify(fields)}`
      process.stderr.write(`${secrets.text(`${level.padEnd(5)} ${assetKey}: ${text}`)}\n`)
    }
  return { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') }
}
