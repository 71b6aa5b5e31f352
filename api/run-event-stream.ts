import { setTimeout as sleep } from 'node:timers/promises'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { RunEvent } from '../metadata/stores/event-store.ts'
import { endedRunStatuses } from '../metadata/stores/run-store.ts'
import type { ErrorLog } from './error-response.ts'
import { wireEvent } from './wire-runs.ts'

/** Which entries a stream sends. */
export interface EventStreamOptions {
  readonly store: MetadataStore
  readonly log: ErrorLog
  readonly runId: string
  /** Only entries with a greater `seq`. */
  readonly after: number
  readonly logs: boolean
}

/** Entries that are read at once. */
const pageSize = 500
/** Between two looks at the store while entries come, in milliseconds; doubled while none come, up to {@link idlePollMs}. */
const activePollMs = 50
const idlePollMs = 500
/** Proxies close connections that are silent for a minute. */
const heartbeatMs = 15_000

const finalTypes: ReadonlySet<RunEvent['type']> = new Set(['RUN_SUCCESS', 'RUN_FAILURE', 'RUN_CANCELED'])

/**
 * A run's log as server-sent events, to the run's end. It reads the store only as fast as the reader takes it, and stops
 * when the reader goes. A store that fails drops the connection, and the reader resumes.
 */
export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const gone = new AbortController()
  const messages = messagesOf(options, gone.signal)
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await messages.next()
          if (gone.signal.aborted) return
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        } catch (error) {
          if (gone.signal.aborted) return
          options.log.error({ err: error, runId: options.runId }, 'event stream failed')
          controller.error(error)
        }
      },
      cancel: () => gone.abort(),
    },
    { highWaterMark: 0 },
  )
}

/** The text of the stream, piece by piece. Rejects in the middle of a wait when the reader has `gone`. */
async function* messagesOf({ store, runId, after, logs }: EventStreamOptions, gone: AbortSignal): AsyncGenerator<string, void> {
  // Something at once, so that proxies and readers know that the stream stands.
  yield ': open\n\n'
  let seq = after
  let ended = false
  let pollMs = activePollMs
  let lastSent = Date.now()
  for (;;) {
    const events = await store.events.list(runId, { after: seq, limit: pageSize, logs })
    if (events.length > 0) {
      yield events.map(messageOf).join('')
      seq = events.at(-1)?.seq ?? seq
      ended ||= events.some((event) => finalTypes.has(event.type))
      pollMs = activePollMs
      lastSent = Date.now()
      if (ended || events.length === pageSize) continue
    } else {
      if (ended) break
      // The run can have ended before `after`. One more look, because its last entries may have come since this one.
      ended = await hasEnded(store, runId)
      if (ended) continue
      pollMs = Math.min(pollMs * 2, idlePollMs)
    }
    await sleep(pollMs, undefined, { signal: gone })
    if (Date.now() - lastSent < heartbeatMs) continue
    yield ': heartbeat\n\n'
    lastSent = Date.now()
  }
  yield `event: end\ndata: ${JSON.stringify({ status: (await store.runs.get(runId))?.status })}\n\n`
}

function messageOf(event: RunEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(wireEvent(event))}\n\n`
}

async function hasEnded(store: MetadataStore, runId: string): Promise<boolean> {
  const status = (await store.runs.get(runId))?.status
  // A run that is gone (its records were deleted) has nothing more to say either.
  return status === undefined || endedRunStatuses.some((each) => each === status)
}
