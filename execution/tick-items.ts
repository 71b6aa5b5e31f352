import { AssetryError } from '../definitions/errors.ts'
import { isRunRequest, type RunRequest } from '../definitions/run-request.ts'
import { isSkip } from '../definitions/skip.ts'

/** Most run requests of one tick: what one statement can commit without ado. More is a backfill, or several ticks with a cursor. */
const mostRequests = 10_000

/** What the function of a schedule or a sensor has given, put in order. */
export interface TickItemsGathered {
  readonly requests: readonly RunRequest[]
  /** The last reason to skip, where nothing is asked for. */
  readonly skipReason: string | null
  readonly cursor: string | undefined
}

/**
 * Puts what a function returned or yielded in order.
 *
 * @param owner - whose function it was: `sensor "uploads"`
 * @throws `TICK_RESULT_INVALID`, and whatever the function throws while it yields
 */
export async function tickItems(owner: string, returned: unknown): Promise<TickItemsGathered> {
  const { runRequests, cursor } = asResult(owner, returned)
  const requests: RunRequest[] = []
  let skipReason: string | null = null
  for await (const item of listed(runRequests)) {
    if (isRunRequest(item)) requests.push(item)
    else if (isSkip(item)) skipReason = item.reason
    else if (item !== undefined && item !== null)
      throw invalid(owner, `gave ${described(item)}, which is neither runRequest(…) nor skip(…)`)
    if (requests.length > mostRequests) throw tooMany(owner)
  }
  return { requests, skipReason: requests.length > 0 ? null : skipReason, cursor }
}

interface Result {
  readonly runRequests: unknown
  readonly cursor: string | undefined
}

function asResult(owner: string, returned: unknown): Result {
  if (!isPlainObject(returned)) return { runRequests: returned, cursor: undefined }
  const unknown = Object.keys(returned).find((key) => key !== 'runRequests' && key !== 'cursor')
  if (unknown !== undefined) throw invalid(owner, `returned an object with "${unknown}". It takes runRequests and cursor`)
  const { runRequests, cursor } = returned
  if (cursor !== undefined && typeof cursor !== 'string')
    throw invalid(owner, `returned the cursor ${described(cursor)}. A cursor is a text: use JSON.stringify() for more`)
  return { runRequests, cursor }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || isRunRequest(value) || isSkip(value)) return false
  return !(Symbol.iterator in value) && !(Symbol.asyncIterator in value)
}

function listed(items: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof items === 'object' && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items))
    return items as Iterable<unknown> | AsyncIterable<unknown>
  return [items]
}

function described(value: unknown): string {
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)?.slice(0, 100)}`
}

function invalid(owner: string, what: string): AssetryError {
  return new AssetryError('TICK_RESULT_INVALID', `The function of ${owner} ${what}. Nothing of this tick was kept.`, { facts: { owner } })
}

function tooMany(owner: string): AssetryError {
  return invalid(
    owner,
    `asked for more than ${mostRequests} runs at once. Ask for a backfill with runRequest({ partitions }), or for some at a time and keep the place in the cursor`,
  )
}
