/** A page of a list, newest first. `cursor` is opaque; null where there is no further page. */
export interface Page<TItem> {
  readonly items: readonly TItem[]
  readonly cursor: string | null
}

export interface PageRequest {
  readonly limit: number
  readonly cursor?: string
}
