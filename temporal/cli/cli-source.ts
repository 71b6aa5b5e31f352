/** Where a Temporal CLI came from. */
export type CliSource = 'environment' | 'path' | 'cache' | 'download' | 'build'

/** A Temporal CLI that was started once and gave its version. */
export interface TemporalCli {
  readonly path: string
  readonly source: CliSource
  /** Version of the server inside, such as `1.29.1`. */
  readonly serverVersion: string
}

/** What is being done while there is no CLI yet. Given at most about once a second. */
export interface CliProgress {
  readonly stage: 'download' | 'build' | 'wait'
  /** A sentence for the terminal, without the time. */
  readonly message: string
  /** Milliseconds since this stage began. */
  readonly elapsed: number
}

/** What getting a CLI may be told. */
export interface CliSearch {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly onProgress: (progress: CliProgress) => void
  /** Gives up when aborted, and ends what was started. */
  readonly signal: AbortSignal
}

/**
 * The version that is downloaded or built: the newest that `go install` accepts, since later ones have a replace
 * directive in their go.mod (seen for 1.9.1, November 2026). The cache's folder has it in its name.
 */
export const cliVersion = '1.5.1'

/** One way to a CLI that did not work, for the error that lists them all. */
export interface FailedAttempt {
  readonly what: string
  readonly why: string
}
