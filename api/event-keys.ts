import { randomUUID } from 'node:crypto'
import type { SensorSnapshot } from '../planning/sensor-snapshot.ts'

/**
 * Names the events of a request for good, so that one that is sent again is known: by what the sender says of it. What a signature
 * covers comes before what it does not: a signed request that somebody else sends again must not count as another one.
 */
export function eventKeys(
  { events: taken }: SensorSnapshot,
  given: readonly unknown[],
  header: (name: string) => string | undefined,
): readonly string[] {
  const style = taken?.signature?.style
  const signed = style === 'standard' ? header('webhook-id') : undefined
  const unsigned = header('idempotency-key') ?? header('webhook-id') ?? (style === 'github' ? header('x-github-delivery') : undefined)
  const ofRequest = signed ?? unsigned
  return given.map((event, index) => {
    const own = style === 'stripe' ? idOf(event) : undefined
    if (own !== undefined) return own
    if (ofRequest !== undefined) return given.length === 1 ? ofRequest : `${ofRequest}:${index}`
    return randomUUID()
  })
}

function idOf(event: unknown): string | undefined {
  const id: unknown = typeof event === 'object' && event !== null ? (event as { readonly id?: unknown }).id : undefined
  return typeof id === 'string' ? id : undefined
}
