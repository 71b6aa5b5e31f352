import { EmbeddedStack } from './embedded-stack.ts'

/** How the embedded stack is started. */
export interface StackOptions {
  /** Folder of its state: Temporal's database, the store, the stored values. */
  readonly home: string
  readonly definitionsFile: string
  readonly codeLocation: string
  /** Port of the API. @default a free one */
  readonly port?: number
  /** Whether a change of a source file restarts the worker. */
  readonly watch: boolean
  readonly onProgress: (message: string) => void
  readonly onEvent?: (event: StackEvent) => void
}

/** What an earlier boot left behind, by its ids. */
export interface ResumedWork {
  /** Those that are part of no backfill. */
  readonly runs: readonly string[]
  /** Those that are not paused. */
  readonly backfills: readonly string[]
}

/** What happens in a stack while it runs. */
export type StackEvent =
  | { readonly kind: 'reloading'; readonly files: readonly string[] }
  | { readonly kind: 'reloaded'; readonly assetCount: number; readonly jobCount: number; readonly ms: number }
  /** The definitions can't be loaded; what was loaded before goes on. */
  | { readonly kind: 'load-failed'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly kind: 'process-ended'; readonly process: string; readonly how: string }
  | { readonly kind: 'process-restarted'; readonly process: string }
  /** A line that the worker process printed: what user code wrote to its console, and warnings of the worker itself. */
  | { readonly kind: 'output'; readonly line: string }

/** The processes of one project on this machine: Temporal, store, worker and API. */
export interface Stack {
  readonly url: string
  readonly temporalUiUrl: string
  readonly temporalAddress: string
  /** What an earlier boot left behind and goes on now. */
  readonly resumed: ResumedWork
  stop(): Promise<void>
  /** Resolves when it was stopped; rejects when a part of it can't be kept up. */
  readonly ended: Promise<void>
}

/**
 * Boots the stack of a project and keeps it up: what ends by itself is started again.
 *
 * @throws `PORT_IN_USE`, `STORE_LOCKED`, `TEMPORAL_CLI_UNAVAILABLE`, and what loading the definitions throws
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stack = new EmbeddedStack(options)
  try {
    return await stack.boot()
  } catch (error) {
    await stack.stop()
    throw error
  }
}
