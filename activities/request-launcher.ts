import type { AssetKey } from '../definitions/asset-key.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import type { RequestedRun } from '../metadata/stores/tick-store.ts'

/** What a run request means in the definitions of its code location. */
export interface ResolvedRequest {
  readonly assetKeys: readonly AssetKey[]
  readonly graphJob: string | undefined
  readonly runConfig: RunConfig
}

/** Launches what ticks ask for. Implemented with Temporal's client. */
export interface RequestLauncher {
  /**
   * What a request means. @param added - keys that its tick adds to dynamic partitions
   * @throws what a launch would throw, but for its config
   */
  resolve(codeLocation: string, request: RequestedRun, added: DynamicKeys): Promise<ResolvedRequest>
  /** Launches a run or a backfill; the same key again gives the same one. Its config is known to be good. */
  launch(
    codeLocation: string,
    request: RequestedRun,
    idempotencyKey: string,
  ): Promise<{ readonly runId: string } | { readonly backfillId: string }>
}
