/**
 * How far somebody has read the log of all events. Entries of transactions before `from` are read; of those from `from` on and
 * before `upTo` those up to `after`, in their order. Numbers of transactions are decimal texts.
 */
export interface EventPosition {
  readonly from: string
  readonly upTo?: string
  readonly after?: string
}
