import type { Page } from '../api/contract/page.ts'

/** Every entry of a list, asked for page by page. */
export async function* everyItem<TItem>(list: (page: { cursor?: string }) => Promise<Page<TItem>>): AsyncGenerator<TItem, void> {
  let cursor: string | null | undefined
  do {
    const page: Page<TItem> = await list(cursor === undefined || cursor === null ? {} : { cursor })
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}

/** Which page of a list. */
export interface PageOptions {
  /** Most entries, 1 to 500. @default 100 */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}
