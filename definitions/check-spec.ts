import { AssetryError } from './errors.ts'
import type { MetadataInput } from './metadata-value.ts'
import { definitionName } from './name.ts'

/** How bad it is when a check does not pass. */
export type CheckSeverity = 'ERROR' | 'WARN'

/** A check that an asset's own step reports, as it is declared. */
export interface CheckOptions {
  readonly description?: string
  /** Whether what is downstream does not start in the same run where it fails with severity `ERROR`. @default false */
  readonly blocking?: boolean
}

/** Checks that an asset's own step reports, by name. */
export type AssetChecks = Readonly<Record<string, CheckOptions>>

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

/**
 * The checks that an asset declares for its own step.
 *
 * @param owner - the asset, for the error's text
 * @throws `INVALID_NAME`, `INVALID_OPTION`
 */
export function checkSpecs(owner: string, checks: AssetChecks): readonly CheckSpec[] {
  return Object.entries(checks).map(([name, given]) => {
    if (typeof given !== 'object' || given === null) throw refused(owner, name, given)
    return { name: definitionName('check', name), description: given.description, blocking: given.blocking ?? false }
  })
}

function refused(owner: string, name: string, given: unknown): AssetryError {
  return new AssetryError(
    'INVALID_OPTION',
    `${owner}: check "${name}" is ${String(given)}, not an object of options. Write checks: { ${name}: {} }; its outcome is reported by the function.`,
    { facts: { owner, name } },
  )
}
