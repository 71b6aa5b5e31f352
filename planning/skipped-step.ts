import type { AssetKey } from '../definitions/asset-key.ts'

/** A step that never started. */
export interface SkippedStep {
  readonly stepKey: string
  /** The asset it would have made or checked. */
  readonly assetKey?: AssetKey
  /** The step on whose account it was skipped. */
  readonly because: string
  /** Whether that step failed (`failed`), or ended well without the output that this one needs (`missing`). */
  readonly why: 'failed' | 'missing'
}
