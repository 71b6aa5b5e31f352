import type { MetadataInput } from './metadata-value.ts'

/** How bad it is when a check does not pass. */
export type CheckSeverity = 'ERROR' | 'WARN'

/** A check that an asset's own step reports. */
export interface CheckSpec {
  readonly name: string
  readonly description: string | undefined
  /** Whether what is downstream does not start in the same run where it fails with severity `ERROR`. */
  readonly blocking: boolean
}

/** What a check found. */
export interface CheckFacts {
  readonly passed: boolean
  /** @default 'ERROR' */
  readonly severity?: CheckSeverity
  readonly description?: string
  readonly metadata?: Readonly<Record<string, MetadataInput>>
}

/** What a check may say: whether it passed, or more. */
export type CheckOutcome = boolean | CheckFacts
