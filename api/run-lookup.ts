import { AssetryError } from '../definitions/errors.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Run } from '../metadata/stores/run-store.ts'

/** The run of that id. @throws `UNKNOWN_RUN` */
export async function runOf(store: MetadataStore, runId: string): Promise<Run> {
  const run = await store.runs.get(runId)
  if (run !== undefined) return run
  throw new AssetryError(
    'UNKNOWN_RUN',
    `There is no run ${JSON.stringify(runId)}. List them with "assetry run list" or GET /api/v1/runs.`,
    {
      facts: { runId },
    },
  )
}
