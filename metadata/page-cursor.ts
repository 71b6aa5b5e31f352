import { AssetryError } from '../definitions/errors.ts'
import type { Page, PageRequest } from './stores/page.ts'

/** Longest page. A greater `limit` is cut to it. */
export const longestPage = 1000

/** The number that a page begins below: rows are numbered as they come, and lists go from the newest down. */
export function numberBefore(request: PageRequest): number {
  if (request.cursor === undefined) return Number.MAX_SAFE_INTEGER
  const number = Number(Buffer.from(request.cursor, 'base64url').toString())
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new AssetryError(
    'REQUEST_INVALID',
    `"${request.cursor}" is no cursor. Pass the cursor of the page before, or none for the first page.`,
    {
      facts: { cursor: request.cursor },
    },
  )
}

/** How many rows to read for a page: one more than it shows, to see whether there is a further one. */
export function rowsFor(request: PageRequest): number {
  return pageSize(request) + 1
}

/** Makes a page of the rows that were read for it. */
export function pageOf<TRow extends { readonly number: number }, TItem>(
  request: PageRequest,
  rows: readonly TRow[],
  itemOf: (row: TRow) => TItem,
): Page<TItem> {
  const shown = rows.slice(0, pageSize(request))
  const last = shown.at(-1)
  const cursor = rows.length > shown.length && last !== undefined ? Buffer.from(String(last.number)).toString('base64url') : null
  return { items: shown.map(itemOf), cursor }
}

function pageSize(request: PageRequest): number {
  return Math.max(1, Math.min(request.limit, longestPage))
}
