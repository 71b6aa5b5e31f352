import type { Definitions } from '../definitions/definitions.ts'
import { checkRunConfig } from '../execution/run-config.ts'
import { runWorks } from '../execution/run-works.ts'
import { SecretMask } from '../execution/secret-mask.ts'
import { planBackfill } from '../planning/plan-backfill.ts'
import { planJob } from '../planning/plan-job.ts'
import { planRun } from '../planning/plan-run.ts'
import { needsStatus } from '../planning/selection.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import type { BackfillRequest } from '../temporal/backfill-launcher.ts'
import type { LaunchRequest } from '../temporal/launch-request.ts'
import { requestTarget, runTarget } from '../temporal/run-target.ts'
import { defaultCodeLocation } from './project.ts'

/**
 * Checks a request against the definitions as a server would, before anything is booted for it. Returns the secrets that its
 * config holds, to be masked in what is shown.
 *
 * @throws `UNKNOWN_JOB`, `SELECTION_SYNTAX`, `UNKNOWN_ASSET`, `EMPTY_SELECTION`, `NOT_PARTITIONED`, `PARTITION_REQUIRED`, `PARTITION_UNKNOWN`,
 * `PARTITIONS_DIFFER`, `CONFIG_INVALID`, `ENV_MISSING`
 */
export async function checkRequest(definitions: Definitions, request: LaunchRequest): Promise<SecretMask> {
  // Which assets it means only a store can tell; that it can be read is known.
  if (request.selection !== undefined && needsStatus(request.selection)) return new SecretMask()
  const snapshot = await snapshotOf(definitions)
  const location = { name: defaultCodeLocation, snapshotHash: '', snapshot, registeredAt: new Date() }
  const { assetKeys, graphJob, runConfig } = runTarget(request, [location], { now: new Date() })
  const plan = graphJob === undefined ? planRun(snapshot, assetKeys) : planJob(snapshot, graphJob)
  const secrets = new SecretMask()
  await checkRunConfig({ definitions, works: runWorks(definitions, plan, graphJob), runConfig, environment: process.env, secrets })
  return secrets
}

/**
 * Checks the request of a backfill against the definitions as a server would, before anything is booted for it.
 *
 * @throws `UNKNOWN_JOB`, `SELECTION_SYNTAX`, `UNKNOWN_ASSET`, `EMPTY_SELECTION`, `NOT_PARTITIONED`, `PARTITION_UNKNOWN`, `PARTITIONS_DIFFER`,
 * `CONFIG_INVALID`, `ENV_MISSING`
 */
export async function checkBackfill(definitions: Definitions, request: BackfillRequest): Promise<void> {
  if (request.selection !== undefined && needsStatus(request.selection)) return
  const snapshot = await snapshotOf(definitions)
  const location = { name: defaultCodeLocation, snapshotHash: '', snapshot, registeredAt: new Date() }
  const { assetKeys, runConfig } = requestTarget(request, [location], undefined)
  planBackfill(snapshot, { assetKeys, partitions: request.partitions }, { now: new Date() })
  const works = runWorks(definitions, planRun(snapshot, assetKeys), undefined)
  await checkRunConfig({ definitions, works, runConfig, environment: process.env, secrets: new SecretMask() })
}
