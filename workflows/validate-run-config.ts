import { proxyActivities } from '@temporalio/workflow'
import type { Finding } from '../definitions/errors.ts'
import type { LaunchActivities } from './activity-contract.ts'
import type { ValidateRunConfigInput } from './run-input.ts'

const { validateRunConfig: validate } = proxyActivities<LaunchActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 3 },
})

/** Asks a worker what is wrong with the config of a run that is about to start. Only user code can tell. */
export async function validateRunConfig(input: ValidateRunConfigInput): Promise<readonly Finding[]> {
  return validate(input)
}
