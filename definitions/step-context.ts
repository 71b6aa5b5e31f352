import type { Logger } from './logger.ts'
import type { MetadataInput } from './metadata-value.ts'

/** The run a step belongs to. */
export interface RunContext {
  readonly id: string
  /** The job it was started from, if any. */
  readonly jobName: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** What the second parameter of every function that a step runs has: an asset's `materialize`, an op's `run`. */
export interface StepContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>> {
  readonly config: TConfig
  /** What the definition's `resources` were made into, by the names it asked for them. */
  readonly resources: TResources
  readonly log: Logger
  readonly run: RunContext
  /** 1 for the first attempt; counts every start, also those after a lost worker. */
  readonly attempt: number
  /** Aborted when the run is cancelled, the step's time is up, or another attempt has taken over. */
  readonly signal: AbortSignal
  /** Keeps `details` (plain JSON) for the next attempt. Assetry sends heartbeats by itself; call this to hold a place. */
  readonly heartbeat: (details: unknown) => void
  /** What the attempt before gave to `heartbeat`, if anything. */
  readonly lastHeartbeat: unknown
  /** Adds to the metadata that is recorded with what the step makes. */
  readonly addMetadata: (metadata: Readonly<Record<string, MetadataInput>>) => void
}
