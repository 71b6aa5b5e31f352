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
