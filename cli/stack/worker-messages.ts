import type { ProcessError } from './process-error.ts'

/** What the supervisor and a worker process say to each other. Plain JSON over the process's channel. */
export type ToWorker = {
  readonly type: 'start'
  readonly storeUrl: string
  /** The embedded server; without it the environment says which. */
  readonly temporal?: { readonly address: string; readonly namespace: string }
  readonly codeLocation: string
}

export type FromWorker =
  /** The definitions were loaded; nothing was connected yet. */
  | { readonly type: 'loaded'; readonly assetCount: number; readonly jobCount: number }
  | { readonly type: 'ready'; readonly identity: string }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'failed'; readonly error: ProcessError }
