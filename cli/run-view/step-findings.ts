import type { CheckEvaluation, Metadata, Observation, RunDetail, RunStep } from '../../client/index.ts'
import { countText } from '../metadata-text.ts'

/** What a step of a run has recorded. */
export interface StepFindings {
  readonly made: readonly Metadata[]
  /** Which assets it made: of a multi-asset not always all that it could. */
  readonly madeKeys: readonly string[]
  readonly observations: readonly Observation[]
  readonly checks: readonly CheckEvaluation[]
}

export const nothingFound: StepFindings = { made: [], madeKeys: [], observations: [], checks: [] }

/** What the steps of a run have recorded, by the key of the step. */
export function stepFindings(run: RunDetail): ReadonlyMap<string, StepFindings> {
  const found = new Map<string, { made: Metadata[]; madeKeys: string[]; observations: Observation[]; checks: CheckEvaluation[] }>()
  const of = (stepKey: string | null) => {
    const known = found.get(stepKey ?? '') ?? { made: [], madeKeys: [], observations: [], checks: [] }
    found.set(stepKey ?? '', known)
    return known
  }
  for (const { stepKey, assetKey, metadata } of run.materializations) {
    of(stepKey).made.push(metadata)
    of(stepKey).madeKeys.push(assetKey)
  }
  for (const observation of run.observations) of(observation.stepKey).observations.push(observation)
  for (const check of run.checks) of(check.stepKey).checks.push(check)
  return found
}

/** The metadata that a line about a step shows: that of the one asset, and the one partition of it, that it made or looked at. */
export function metadataOf({ assetKeys }: RunStep, { made, observations: [observation] }: StepFindings): Metadata {
  return assetKeys.length > 1 || made.length > 1 ? {} : (made[0] ?? observation?.metadata ?? {})
}

/** What a step made, where that is more than one thing: assets by their keys, and how many partitions of each; else empty. */
export function madeText({ assetKeys }: RunStep, { madeKeys }: StepFindings): string {
  const keys = [...new Set(madeKeys)]
  const partitions = madeKeys.length > keys.length ? countText(Math.ceil(madeKeys.length / keys.length), 'partition') : ''
  return [assetKeys.length > 1 ? keys.join(', ') : '', partitions].filter((text) => text !== '').join('  ')
}

/** The version of the data that a step found; empty where it found none. */
export function versionText({ observations: [observation] }: StepFindings): string {
  const version = observation?.dataVersion ?? null
  return version === null ? '' : `version ${version}`
}

/** How the checks of an asset came out that its own step reports: those that did not pass by name. */
export function inStepText(checks: readonly CheckEvaluation[]): string {
  const failed = checks.filter((check) => !check.passed).map((check) => check.checkName)
  if (failed.length > 0) return `not passed: ${failed.join(', ')}`
  return checks.length === 0 ? '' : `${countText(checks.length, 'check')} passed`
}
