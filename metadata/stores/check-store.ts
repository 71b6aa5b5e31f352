import type { AssetKey } from '../../definitions/asset-key.ts'
import type { CheckSeverity } from '../../definitions/check-spec.ts'
import type { Metadata } from '../../definitions/metadata-value.ts'
import type { Page, PageRequest } from './page.ts'

/** What a check of an asset found. */
export interface NewCheckEvaluation {
  readonly assetKey: AssetKey
  readonly checkName: string
  readonly partitionKey: string | null
  readonly passed: boolean
  readonly severity: CheckSeverity
  readonly blocking: boolean
  readonly description: string | null
  readonly metadata: Metadata
}

export interface CheckEvaluation extends NewCheckEvaluation {
  readonly id: string
  readonly runId: string | null
  readonly stepKey: string | null
  readonly time: Date
  /** The materialization that it was about: the asset's newest at that moment. */
  readonly materializationId: string | null
}

export interface CheckStore {
  /** The newest evaluation of each check of these assets; of all assets where no keys are given. */
  latest(assetKeys?: readonly AssetKey[]): Promise<readonly CheckEvaluation[]>
  list(check: { readonly assetKey: AssetKey; readonly checkName: string }, page: PageRequest): Promise<Page<CheckEvaluation>>
  ofRun(runId: string): Promise<readonly CheckEvaluation[]>
}
