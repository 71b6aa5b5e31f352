import type { RunRequest } from './run-request.ts'
import type { Skip } from './skip.ts'

/** What one evaluation may give: a request, a reason to skip, or nothing. */
export type TickItem = RunRequest | Skip | undefined | null

/** What a function that is evaluated at a tick returns: one item, several, or what it yields one after another. */
export type TickItems = TickItem | readonly TickItem[] | Iterable<TickItem> | AsyncIterable<TickItem>
