import type { AssetKey } from '../definitions/asset-key.ts'
import type { CheckSeverity } from '../definitions/check-spec.ts'
import type { AssetryError } from '../definitions/errors.ts'
import type { Metadata } from '../definitions/metadata-value.ts'
import type { StepOutputs } from '../planning/run-plan.ts'

/** An asset that a step made. */
export interface MadeAsset {
  readonly assetKey: AssetKey
  readonly value: unknown
  readonly metadata: Metadata
  readonly tags: Readonly<Record<string, string>>
  readonly codeVersion: string
  readonly dataVersion: string
  /** Data versions of the upstream assets it was made from; null for one that had none. */
  readonly inputVersions: Readonly<Record<AssetKey, string | null>>
}

/** An asset that a step looked at. */
export interface ObservedAsset {
  readonly assetKey: AssetKey
  readonly dataVersion: string | null
  readonly metadata: Metadata
  readonly tags: Readonly<Record<string, string>>
}

/** What a check found. */
export interface EvaluatedCheck {
  readonly assetKey: AssetKey
  readonly checkName: string
  readonly passed: boolean
  readonly severity: CheckSeverity
  readonly blocking: boolean
  readonly description: string | null
  readonly metadata: Metadata
}

/** What a step came to. */
export interface StepOutcome {
  readonly made: readonly MadeAsset[]
  readonly observed: readonly ObservedAsset[]
  readonly checks: readonly EvaluatedCheck[]
  /** Of an op: which of its outputs there are, and the keys of lists that are mapped over. Of a multi-asset: the assets that it left out. */
  readonly outputs: StepOutputs | undefined
  /** Of an op: the values of its outputs by name. */
  readonly values: Readonly<Record<string, unknown>>
  /** Of an op: the metadata it reported. */
  readonly metadata: Metadata
  /** A blocking check of it did not pass: the step fails, and what it made is recorded all the same. */
  readonly failure: AssetryError | undefined
}

/** An outcome of which only some parts are anything. */
export function stepOutcome(parts: Partial<StepOutcome>): StepOutcome {
  return { made: [], observed: [], checks: [], outputs: undefined, values: {}, metadata: {}, failure: undefined, ...parts }
}
