import type { SecretMask } from '../execution/secret-mask.ts'
import type { StepOutcome } from '../execution/step-outcome.ts'
import type { StepRecording } from '../metadata/stores/step-store.ts'
import { recordedError } from './recorded-error.ts'

/** What came of a step as it is recorded, secrets taken out. */
export function stepRecording(outcome: StepOutcome, partitionKey: string | null, secrets: SecretMask): StepRecording {
  const { made, observed, checks, outputs, metadata, failure } = outcome
  return {
    ...(made.length > 0 && { materializations: made.map((each) => materializationOf(each, partitionKey, secrets)) }),
    ...(observed.length > 0 && { observations: observed.map((each) => secrets.json({ ...each, partitionKey })) }),
    ...(checks.length > 0 && { checks: checks.map((each) => secrets.json({ ...each, partitionKey })) }),
    ...(outputs !== undefined && { outputs, metadata: secrets.json(metadata) }),
    ...(failure !== undefined && { failure: recordedError(failure, secrets) }),
  }
}

function materializationOf(
  { value: _, metadata, tags, dataVersion, ...made }: StepOutcome['made'][number],
  partitionKey: string | null,
  secrets: SecretMask,
): NonNullable<StepRecording['materializations']>[number] {
  return { ...made, partitionKey, metadata: secrets.json(metadata), tags: secrets.json(tags), dataVersion: secrets.text(dataVersion) }
}
