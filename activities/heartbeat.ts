import type { Context } from '@temporalio/activity'
import { AssetryError } from '../definitions/errors.ts'
import type { SecretMask } from '../execution/secret-mask.ts'

/** Time between two signs of life; also how long a cancellation takes to arrive. Unit: milliseconds. */
const intervalMs = 1_000

/** Most bytes of JSON that a user's heartbeat may carry: a place in the work, not the work. */
const maximumDetailsBytes = 32 * 1024

/** Tells Temporal that a step is alive, without the user's doing. A step shorter than one interval sends nothing. */
export class Heartbeat {
  readonly #context: Context
  readonly #secrets: SecretMask
  readonly #timer: ReturnType<typeof setInterval>
  #details: unknown

  constructor(context: Context, secrets: SecretMask) {
    this.#context = context
    this.#secrets = secrets
    this.#details = context.info.heartbeatDetails
    this.#timer = setInterval(
      () => context.heartbeat(this.#details),
      Math.min(intervalMs, (context.info.heartbeatTimeoutMs ?? intervalMs * 3) / 3),
    )
  }

  /** Keeps the user's details for the next attempt, secrets taken out: Temporal shows them. @throws `INVALID_OPTION` where they are too large */
  keep(details: unknown): void {
    const bytes = JSON.stringify(details)?.length ?? 0
    if (bytes > maximumDetailsBytes) {
      throw new AssetryError(
        'INVALID_OPTION',
        `heartbeat() got ${bytes} bytes, more than ${maximumDetailsBytes}. Keep a place in the work, such as an index.`,
      )
    }
    this.#details = this.#secrets.json(details)
    this.#context.heartbeat(this.#details)
  }

  /** Says how far a step of many partitions is, with the next sign of life. The place itself is in the store. */
  place(details: { readonly done: number; readonly of: number }): void {
    this.#details = details
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
