import { setMaxListeners } from 'node:events'
import { AssetryError } from '../definitions/errors.ts'
import type { Logger } from '../definitions/logger.ts'

export interface ConnectionLossOptions {
  readonly address: string
  /** How long a statement is tried again before it fails. Unit: milliseconds. */
  readonly patienceMs: number
  readonly log: Pick<Logger, 'warn' | 'info'> | undefined
}

/** Tries again what failed because the store was away. Only for work that may be carried out more than once. */
export class ConnectionLoss {
  readonly #options: ConnectionLossOptions
  readonly #closing = new AbortController()
  #away = false

  constructor(options: ConnectionLossOptions) {
    this.#options = options
    // One listener a statement that waits, of which there may be hundreds.
    setMaxListeners(0, this.#closing.signal)
  }

  /** @throws `STORE_UNREACHABLE` when the store stays away; whatever else `work` throws at once */
  async outlast<TResult>(work: () => Promise<TResult>): Promise<TResult> {
    const deadline = Date.now() + this.#options.patienceMs
    for (let attempt = 0; ; attempt += 1) {
      try {
        const result = await work()
        this.#returned()
        return result
      } catch (error) {
        const kind = failureOf(error)
        if (kind === 'other') throw error
        if (kind === 'refused' || Date.now() >= deadline || this.#closing.signal.aborted) throw this.#unreachable(error)
        if (kind === 'away') this.#left(error)
        await pause(Math.min(firstPauseMs * 2 ** attempt, longestPauseMs), this.#closing.signal)
      }
    }
  }

  /** Ends all waiting: what is being tried again fails now. */
  close(): void {
    this.#closing.abort()
  }

  #left(error: unknown): void {
    if (this.#away) return
    this.#away = true
    this.#options.log?.warn(`The metadata store at ${this.#options.address} is away; trying again.`, { error: rootOf(error).message })
  }

  #returned(): void {
    if (!this.#away) return
    this.#away = false
    this.#options.log?.info(`The metadata store at ${this.#options.address} is back.`)
  }

  #unreachable(error: unknown): AssetryError {
    const { address, patienceMs } = this.#options
    const reason = rootOf(error).message || codeOf(error) || 'no answer'
    return new AssetryError(
      'STORE_UNREACHABLE',
      `The metadata store at ${address} can't be reached (${reason}). Check that PostgreSQL runs there and that DATABASE_URL is right.`,
      { facts: { address, patienceMs, reason }, cause: error },
    )
  }
}

const firstPauseMs = 25
const longestPauseMs = 1000

/** `away`: worth waiting for. `retry`: nothing is wrong, do it again. `refused`: it answers, and won't let us in. */
type Failure = 'away' | 'retry' | 'refused' | 'other'

function failureOf(error: unknown): Failure {
  const code = codeOf(error)
  if (code !== undefined) {
    if (networkCodes.has(code) || awayStates.test(code)) return 'away'
    if (retryStates.has(code)) return 'retry'
    if (refusedStates.has(code)) return 'refused'
  }
  return lostConnection.test(rootOf(error).message) ? 'away' : 'other'
}

const networkCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN',
]) // prettier-ignore

// SQLSTATE: connection exceptions, too many connections, shutdown, crash, starting up.
const awayStates = /^(08[0-9A-Z]{3}|53300|57P0[1-5])$/
// Serialization failure, deadlock: the statement was undone.
const retryStates = new Set(['40001', '40P01'])
// Wrong password or user, no such database, no right to connect.
const refusedStates = new Set(['28000', '28P01', '3D000', '42501'])

// pg gives these no code.
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|Client was closed)/

/** The error at the end of the causes: drivers and query builders wrap what happened. */
function rootOf(error: unknown): Error {
  let root = error instanceof Error ? error : new Error(String(error))
  while (root.cause instanceof Error) root = root.cause
  const first: unknown = root instanceof AggregateError ? root.errors[0] : undefined
  return first instanceof Error ? first : root
}

function codeOf(error: unknown): string | undefined {
  const root = rootOf(error)
  return 'code' in root && typeof root.code === 'string' ? root.code : undefined
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
  })
}
