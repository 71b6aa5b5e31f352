import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { RunEvent } from '../api/contract/run-event.ts'
import { ApiError } from './api-error.ts'
import { type Outage, outageAfter, passes } from './outage.ts'
import { pause } from './pause.ts'
import { problemOf, type Transport } from './transport.ts'

/** How a run's log is followed. */
export interface FollowOptions {
  /** Only entries with a greater `seq`. @default 0 */
  readonly after?: number
  /** Whether LOG is among them. @default true */
  readonly logs?: boolean
  /** Ends the following; the iteration then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** How long a server may be away before following fails with `SERVER_UNREACHABLE`, in milliseconds. @default 60,000 */
  readonly patienceMs?: number
}

/** Silence after which a connection counts as dropped, in milliseconds: three of the server's heartbeats. */
const silenceMs = 45_000
/** Time until a connection that the server has ended is made anew, in milliseconds. */
const firstDelayMs = 100

/** The entries of a run's log to the run's end, over as many connections as it takes. */
export async function* followRun(transport: Transport, path: string, options: FollowOptions = {}): AsyncGenerator<RunEvent, void> {
  let seq = options.after ?? 0
  let outage: Outage | undefined
  let connected = false
  for (;;) {
    try {
      for await (const message of connection(transport, path, seq, options)) {
        connected = true
        outage = undefined
        if (message.event === 'end') return
        const event = eventOf(message, path)
        // A server that was asked for what comes after `seq` repeats nothing; this guards against proxies that replay.
        if (event.seq <= seq) continue
        seq = event.seq
        yield event
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      // A first connection that fails is a wrong address or a wrong run: waiting would only hide it.
      if (!connected || !passes(error)) throw error
      outage = outageAfter(outage, options.patienceMs, error)
    }
    await pause(outage?.delayMs ?? firstDelayMs, options.signal)
  }
}

function eventOf(message: EventSourceMessage, path: string): RunEvent {
  const parsed = RunEvent.safeParse(JSON.parse(message.data))
  if (parsed.success) return parsed.data
  throw new ApiError(
    `${path} sent an event of another form than this version of Assetry knows. Use the same version for server and client.`,
    {
      code: 'RESPONSE_INVALID',
      cause: parsed.error,
    },
  )
}

/** The messages of one connection. Rejects where it drops; ends where the server ends it. */
async function* connection(
  transport: Transport,
  path: string,
  after: number,
  options: FollowOptions,
): AsyncGenerator<EventSourceMessage, void> {
  const silence = new AbortController()
  const signal = options.signal === undefined ? silence.signal : AbortSignal.any([options.signal, silence.signal])
  const timer = setTimeout(() => silence.abort(new Error(`silent for ${silenceMs / 1_000} s`)), silenceMs)
  try {
    const response = await transport.send({ path, query: { after, logs: options.logs }, headers: { accept: 'text/event-stream' }, signal })
    timer.refresh()
    if (!response.ok) throw await problemOf(response)
    yield* messagesOf(response, () => timer.refresh())
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}

async function* messagesOf(response: Response, heard: () => void): AsyncGenerator<EventSourceMessage, void> {
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => messages.push(message) })
  const decoder = new TextDecoder()
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader()
  try {
    for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
      heard()
      parser.feed(decoder.decode(chunk.value, { stream: true }))
      yield* messages.splice(0)
    }
  } catch (error) {
    throw new ApiError(`The connection to ${response.url} dropped: ${error instanceof Error ? error.message : String(error)}.`, {
      code: 'SERVER_UNREACHABLE',
      url: response.url,
      cause: error,
    })
  }
}
