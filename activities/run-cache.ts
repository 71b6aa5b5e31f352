import { AssetryError } from '../definitions/errors.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Run } from '../metadata/stores/run-store.ts'

/** Runs whose record a worker keeps: config and tags never change, and each step needs them. */
const keptRuns = 200

/** The records of the runs a worker is busy with, read once each. */
export class RunCache {
  readonly #store: MetadataStore
  readonly #runs = new Map<string, Promise<Run>>()

  constructor(store: MetadataStore) {
    this.#store = store
  }

  /** @throws `UNKNOWN_RUN` */
  get(runId: string): Promise<Run> {
    const known = this.#runs.get(runId)
    if (known !== undefined) return known
    const read = this.#read(runId)
    this.#runs.set(runId, read)
    read.catch(() => this.#runs.delete(runId))
    if (this.#runs.size > keptRuns) this.#dropOldest()
    return read
  }

  #dropOldest(): void {
    const [oldest] = this.#runs.keys()
    if (oldest !== undefined) this.#runs.delete(oldest)
  }

  async #read(runId: string): Promise<Run> {
    const run = await this.#store.runs.get(runId)
    if (run !== undefined) return run
    throw new AssetryError(
      'UNKNOWN_RUN',
      `There is no run "${runId}" in the metadata store, though a worker was asked to do a step of it. Does the worker use the store of the API?`,
      {
        facts: { runId },
      },
    )
  }
}
