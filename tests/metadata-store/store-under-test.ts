import type { MetadataStore } from '../../metadata/metadata-store.ts'

/** A server for the suites to use, crash and start again. */
export interface StoreBackend {
  readonly url: string
  /** The URL of a database in which nothing has been made yet. */
  emptyDatabase(): Promise<string>
  /** Ends the server without giving it time for anything. */
  crash(): Promise<void>
  /** Starts it again, at the same URL. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** What the suites test. Not before their `beforeAll`: only then it is open. */
export interface StoreUnderTest {
  readonly backend: StoreBackend
  readonly store: MetadataStore
}
