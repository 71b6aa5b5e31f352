import type { Logger as OwnLogger } from '../definitions/logger.ts'
import { type Logger, pino, stdTimeFunctions } from 'pino'

/** Log of a production process: one JSON object a line on stdout. `LOG_LEVEL` says from which level on. */
export function processLog(name: string): Logger {
  return pino({
    name,
    level: process.env.LOG_LEVEL ?? 'info',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
}

/** The log as the rest of Assetry writes to it. */
export function ownLogger(log: Logger): OwnLogger {
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  }
}
