import {
  Backfill,
  BackfillAnswer,
  BackfillDetail,
  BackfillFailureList,
  BackfillPage,
  type BackfillStatus,
  type ChangeBackfill,
  type StartBackfill,
} from '../api/contract/backfill.ts'
import { post, type StartOptions } from './idempotent-post.ts'
import { everyItem, type PageOptions } from './pages.ts'
import { type Outage, outageAfter, passes } from './outage.ts'
import { pause } from './pause.ts'
import type { Transport } from './transport.ts'

/** Which backfills. */
export interface BackfillListFilter {
  /** Any of these. */
  readonly status?: readonly BackfillStatus[]
}

/** How a backfill is followed. */
export interface BackfillFollowOptions {
  /** Ends the following; the iteration then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** How long a server may be away before following fails with `SERVER_UNREACHABLE`, in milliseconds. @default 60,000 */
  readonly patienceMs?: number
}

/** What the API says of backfills, and takes. Every method rejects with an `ApiError`. */
export interface BackfillClient {
  /** Starts a backfill; it is durable when this resolves. `created` is false where the idempotency key was known. */
  start(request: StartBackfill, options?: StartOptions): Promise<{ readonly backfill: Backfill; readonly created: boolean }>
  /** Newest first. */
  list(options?: BackfillListFilter & PageOptions): Promise<BackfillPage>
  /** All that match, newest first, page by page. */
  iterate(filter?: BackfillListFilter): AsyncIterable<Backfill>
  get(backfillId: string): Promise<BackfillDetail>
  /** What failed, then what was left out because of it. `limit`: 1 to 10,000. @default 100 */
  failures(backfillId: string, options?: { readonly limit?: number }): Promise<BackfillFailureList>
  /** Starts no further step until it is resumed; what is at work gets done. */
  pause(backfillId: string): Promise<BackfillAnswer>
  resume(backfillId: string): Promise<BackfillAnswer>
  /** Asks it and its runs to stop; its status is CANCELING at first. */
  cancel(backfillId: string): Promise<BackfillAnswer>
  /** Makes what failed, and what was left out because of it, once more. */
  retry(backfillId: string): Promise<BackfillAnswer>
  /** Changes how many steps it has at work at a time. */
  setConcurrency(backfillId: string, concurrency: ChangeBackfill['concurrency']): Promise<Backfill>
  /** The backfill as it is now, and again every half second, to its end. */
  follow(backfillId: string, options?: BackfillFollowOptions): AsyncIterable<BackfillDetail>
  /** The backfill once it has ended. `signal: AbortSignal.timeout(ms)` bounds the wait. */
  wait(backfillId: string, options?: BackfillFollowOptions): Promise<BackfillDetail>
}

/** Time between two looks at a backfill that is followed. Unit: milliseconds. */
const lookEveryMs = 500

/** The part of a client that is about backfills. */
export function backfillClient(transport: Transport): BackfillClient {
  const pathOf = (backfillId: string) => `/api/v1/backfills/${encodeURIComponent(backfillId)}`
  const list: BackfillClient['list'] = (options) => transport.call(BackfillPage, { path: '/api/v1/backfills', query: { ...options } })
  const get: BackfillClient['get'] = (backfillId) => transport.call(BackfillDetail, { path: pathOf(backfillId) })
  const ask = (backfillId: string, action: string) =>
    transport.call(BackfillAnswer, { method: 'POST', path: `${pathOf(backfillId)}/${action}` })
  return {
    start: async (request, options) => {
      const { body, created } = await post(transport, Backfill, { path: '/api/v1/backfills', body: request, options })
      return { backfill: body, created }
    },
    list,
    iterate: (filter) => everyItem((page) => list({ ...filter, ...page })),
    get,
    failures: (backfillId, options) =>
      transport.call(BackfillFailureList, { path: `${pathOf(backfillId)}/failures`, query: { ...options } }),
    pause: (backfillId) => ask(backfillId, 'pause'),
    resume: (backfillId) => ask(backfillId, 'resume'),
    cancel: (backfillId) => ask(backfillId, 'cancel'),
    retry: (backfillId) => ask(backfillId, 'retry'),
    setConcurrency: (backfillId, concurrency) =>
      transport.call(Backfill, { method: 'PATCH', path: pathOf(backfillId), body: { concurrency } }),
    follow: (backfillId, options) => looks(() => get(backfillId), options),
    wait: async (backfillId, options) => {
      let last: BackfillDetail | undefined
      for await (const look of looks(() => get(backfillId), options)) last = look
      return last ?? get(backfillId)
    },
  }
}

/** A backfill again and again, to its end. A server that is away for a while is asked again. */
async function* looks(
  get: () => Promise<BackfillDetail>,
  { signal, patienceMs }: BackfillFollowOptions = {},
): AsyncGenerator<BackfillDetail, void> {
  let outage: Outage | undefined
  let answered = false
  for (;;) {
    signal?.throwIfAborted()
    try {
      const backfill = await get()
      answered = true
      outage = undefined
      yield backfill
      if (backfill.endedAt !== null) return
    } catch (error) {
      // A first request that fails is a wrong address or a wrong id: waiting would only hide it.
      if (!answered || !passes(error)) throw error
      outage = outageAfter(outage, patienceMs, error)
    }
    await pause(outage?.delayMs ?? lookEveryMs, signal)
  }
}
