import type { Client } from '@temporalio/client'
import { AssetryError } from '../definitions/errors.ts'

/** Makes sure that Temporal answers. @throws `TEMPORAL_UNREACHABLE` */
export async function pingTemporal(client: Client): Promise<void> {
  try {
    await client.connection.withDeadline(Date.now() + 5_000, () => client.workflowService.getSystemInfo({}))
  } catch (error) {
    throw new AssetryError('TEMPORAL_UNREACHABLE', 'Temporal does not answer. Is its server running, and can it be reached from here?', {
      cause: error,
    })
  }
}
