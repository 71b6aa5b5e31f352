import { type Branded, hasKind, kindOf } from './brand.ts'
import type { MetadataInput } from './metadata-value.ts'
import type { Tags } from './tags.ts'

/** What a look at an asset may say. */
export interface ObservationFacts {
  /** What identifies the data that is there: the same version again means that nothing has changed. */
  readonly dataVersion?: string
  /** Shown with the observation. */
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  readonly tags?: Tags
}

/** What a look at an asset found, made by {@link observation}. */
export interface Observation extends Branded<'observation'>, ObservationFacts {}

/** What `observe` may return: the data version, or more. */
export type ObservationOutcome = string | Observation

/**
 * Returns from `observe` what is to be said beside the data version.
 *
 * @example
 * ```ts
 * observe: async () => observation({ dataVersion: await etag(), metadata: { bytes: 1_204 } })
 * ```
 */
export function observation(facts: ObservationFacts): Observation {
  return { [kindOf]: 'observation', ...facts }
}

export function isObservation(value: unknown): value is Observation {
  return hasKind(value, 'observation')
}
