import { type Branded, hasKind, kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'
import type { PartitionsDefinition } from './partitions/partitions-definition.ts'

/** Most partitions that one call is ever for. Their keys, of 12 characters each, and what is known of them take some 10 MB of memory. */
export const mostPartitionsPerCall = 25_000

/** A backfill policy as plain data. */
export type BackfillPolicySpec =
  | { readonly kind: 'single-run' }
  | {
      readonly kind: 'multi-run'
      /** Most partitions of one call. */
      readonly maxPartitionsPerRun: number
    }

/** For how many partitions at once a backfill calls the function of an asset. Made by {@link singleRun} or {@link multiRun}. */
export interface BackfillPolicy extends Branded<'backfill-policy'> {
  readonly spec: BackfillPolicySpec
}

/**
 * One call makes all partitions of a backfill, up to 25,000. Dagster's `BackfillPolicy.single_run()`.
 *
 * @example
 * ```ts
 * const sales = asset({
 *   key: 'sales',
 *   partitions: daily,
 *   backfillPolicy: singleRun(),
 *   materialize: async (_inputs, { partitionTimeWindow }) => new Map(await salesByDay(partitionTimeWindow)),
 * })
 * ```
 */
export function singleRun(): BackfillPolicy {
  return { [kindOf]: 'backfill-policy', spec: { kind: 'single-run' } }
}

/** What {@link multiRun} takes. */
export interface MultiRunOptions {
  /** Most partitions of one call. Unit: partitions; 1 or more, of which 25,000 are made use of. */
  readonly maxPartitionsPerRun: number
}

/**
 * Each call makes several partitions, at most so many. Dagster's `BackfillPolicy.multi_run()`.
 *
 * @throws `INVALID_OPTION`
 */
export function multiRun({ maxPartitionsPerRun }: MultiRunOptions): BackfillPolicy {
  if (Number.isSafeInteger(maxPartitionsPerRun) && maxPartitionsPerRun >= 1)
    return { [kindOf]: 'backfill-policy', spec: { kind: 'multi-run', maxPartitionsPerRun } }
  throw new AssetryError(
    'INVALID_OPTION',
    `multiRun(): maxPartitionsPerRun is ${String(maxPartitionsPerRun)}, not a whole number from 1 on.`,
    {
      facts: { maxPartitionsPerRun },
    },
  )
}

/**
 * Checks the option `backfillPolicy` of an asset.
 *
 * @throws `INVALID_OPTION`
 */
export function backfillPolicyOption(
  owner: string,
  given: BackfillPolicy | undefined,
  partitions: PartitionsDefinition | undefined,
): BackfillPolicySpec | undefined {
  if (given === undefined) return undefined
  if (!hasKind(given, 'backfill-policy'))
    throw refused(owner, `it is ${JSON.stringify(given)}, which is no policy. Use singleRun() or multiRun({ maxPartitionsPerRun: 30 }).`)
  if (partitions === undefined)
    throw refused(owner, 'it has no partitions, so that there is nothing to make at once. Give it partitions, or no policy.')
  return given.spec
}

/** How many partitions one call is for at most. */
export function partitionsPerCall(policy: BackfillPolicySpec): number {
  return policy.kind === 'single-run' ? mostPartitionsPerCall : Math.min(policy.maxPartitionsPerRun, mostPartitionsPerCall)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: backfillPolicy: ${text}`, { facts: { owner } })
}
