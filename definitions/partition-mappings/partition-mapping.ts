import { type Branded, hasKind, kindOf } from '../brand.ts'
import { AssetryError } from '../errors.ts'
import type { PartitionMappingSpec } from './partition-mapping-spec.ts'

/** Whether an input of a partition is one value, or those of several upstream partitions. */
export type PartitionGives = 'one' | 'many'

/** Which partitions of an upstream asset a partition needs. */
export interface PartitionMapping<TGives extends PartitionGives = PartitionGives> extends Branded<'partition-mapping'> {
  readonly spec: PartitionMappingSpec
  /** What an input with this mapping is: the value itself, or a `PartitionMap` of values. */
  readonly gives: TGives
}

/** A partition mapping that says this. */
export function mappingOf<TGives extends PartitionGives>(gives: TGives, spec: PartitionMappingSpec): PartitionMapping<TGives> {
  return { [kindOf]: 'partition-mapping', spec, gives }
}

/**
 * Checks an option that takes a partition mapping.
 *
 * @param owner - whose option it is, for the error's text
 * @throws `INVALID_OPTION`
 */
export function mappingOption(owner: string, option: string, given: PartitionMapping | undefined): PartitionMapping | undefined {
  if (given === undefined || hasKind(given, 'partition-mapping')) return given
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: ${option} is ${JSON.stringify(given)}, which is no partition mapping. Make one, such as timeWindowMapping().`,
    { facts: { owner, option } },
  )
}
