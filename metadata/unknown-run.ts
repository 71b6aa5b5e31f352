import { AssetryError } from '../definitions/errors.ts'

/** The error for a record of a run that the store doesn't have. */
export function unknownRun(runId: string): AssetryError {
  return new AssetryError('UNKNOWN_RUN', `The metadata store has no run "${runId}". Check that it is the store the run was started with.`, {
    facts: { runId },
  })
}
