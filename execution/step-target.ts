import type { AssetKey } from '../definitions/asset-key.ts'
import type { PlanStep, StepKind } from '../planning/run-plan.ts'

/** Which step of a run is to be done: what a plan says of it, as far as the worker needs it. */
export interface StepTarget {
  readonly kind: StepKind
  readonly stepKey: string
  /** The asset that it makes, checks, observes, or whose graph the op is part of. */
  readonly assetKey?: AssetKey | undefined
  /** The assets of a multi-asset that it makes. */
  readonly assetKeys?: readonly AssetKey[] | undefined
  readonly check?: string | undefined
  /** Path of the op's invocation in its graph. */
  readonly op?: string | undefined
  /** Which elements of the lists it is mapped over, outermost first. */
  readonly mappingKeys?: readonly string[] | undefined
}

/** The target of a planned step. */
export function stepTarget(step: PlanStep, stepKey: string, mappingKeys: readonly string[]): StepTarget {
  return {
    kind: step.kind ?? 'materialize',
    stepKey,
    assetKey: step.asset,
    assetKeys: step.assets,
    check: step.check,
    op: step.op,
    mappingKeys,
  }
}
