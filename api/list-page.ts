import { AssetryError } from '../definitions/errors.ts'
import type { PageRequest, Page as StoredPage } from '../metadata/stores/page.ts'
import type { Page, PageQuery } from './contract/page.ts'

/** A page of a list that is in memory. `items` stand in the order of their names; the cursor is the last name, so that a list that changes meanwhile repeats nothing. */
export function pageOfList<TItem>(items: Iterable<TItem>, nameOf: (item: TItem) => string, { limit, cursor }: PageQuery): Page<TItem> {
  const after = cursor === undefined ? undefined : nameOfCursor(cursor)
  const rest = [...items].filter((item) => after === undefined || nameOf(item) > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page, nextCursor: last !== undefined && rest.length > limit ? cursorOf(nameOf(last)) : null }
}

/** A page of a list that the store keeps. */
export async function storedPage<TItem>(
  { limit, cursor }: PageQuery,
  list: (request: PageRequest) => Promise<StoredPage<TItem>>,
): Promise<Page<TItem>> {
  const page = await list(cursor === undefined ? { limit } : { limit, cursor })
  return { items: [...page.items], nextCursor: page.cursor }
}

/** The cursor that stands for a name. */
export function cursorOf(name: string): string {
  return Buffer.from(name).toString('base64url')
}

/** The name that a cursor stands for. @throws `REQUEST_INVALID` */
export function nameOfCursor(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString()
  if (cursorOf(name) === cursor) return name
  throw new AssetryError(
    'REQUEST_INVALID',
    `cursor "${cursor}" was not made by this list. Give the "nextCursor" of the page before, or leave it out.`,
    {
      facts: { findings: [{ code: 'REQUEST_INVALID', message: 'was not made by this list', path: 'cursor' }] },
    },
  )
}
