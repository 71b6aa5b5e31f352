import { type Branded, hasKind, kindOf } from '../brand.ts'
import { AssetryError } from '../errors.ts'
import type { PartitionsSpec } from './partitions-spec.ts'

/** How an asset is cut into parts that are materialized one by one. */
export interface PartitionsDefinition<TSpec extends PartitionsSpec = PartitionsSpec> extends Branded<'partitions'> {
  readonly spec: TSpec
}

/** A partitions definition that says this. */
export function partitionsDefinition<TSpec extends PartitionsSpec>(spec: TSpec): PartitionsDefinition<TSpec> {
  return { [kindOf]: 'partitions', spec }
}

export function isPartitionsDefinition(value: unknown): value is PartitionsDefinition {
  return hasKind(value, 'partitions')
}

/**
 * Checks the option `partitions` of an asset.
 *
 * @param owner - whose option it is, for the error's text
 * @throws `INVALID_OPTION`
 */
export function partitionsOption(owner: string, given: PartitionsDefinition | undefined): PartitionsDefinition | undefined {
  if (given === undefined || isPartitionsDefinition(given)) return given
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: partitions is ${JSON.stringify(given)}, which is no partitions definition. Make one, such as dailyPartitions({ start: '2026-01-01' }).`,
    { facts: { owner } },
  )
}
