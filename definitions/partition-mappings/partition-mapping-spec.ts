import type { PartitionsSpec } from '../partitions/partitions-spec.ts'

/**
 * What a partition mapping says, as plain JSON: the snapshot carries it, and which partitions belong together follows from
 * it by pure functions. Only of a function it can't carry more than that there is one.
 */
export type PartitionMappingSpec =
  | IdentityMappingSpec
  | TimeWindowMappingSpec
  | AllPartitionsMappingSpec
  | LastPartitionMappingSpec
  | StaticMappingSpec
  | SpecificPartitionsMappingSpec
  | FunctionMappingSpec

/** The partition with the same key. */
export interface IdentityMappingSpec {
  readonly kind: 'identity'
}

/**
 * The windows that overlap a stretch of time: from the start of the downstream window that is `startOffset` windows later
 * to the end of the one that is `endOffset` windows later. Excluded windows are not counted.
 */
export interface TimeWindowMappingSpec {
  readonly kind: 'time-window'
  readonly startOffset: number
  readonly endOffset: number
  /** Whether windows that don't exist upstream are left out; else they are missing. */
  readonly allowNonexistent: boolean
}

/** Every partition that exists. */
export interface AllPartitionsMappingSpec {
  readonly kind: 'all'
}

/** The newest partition that exists, of static ones the last. */
export interface LastPartitionMappingSpec {
  readonly kind: 'last'
}

/** What a table says. */
export interface StaticMappingSpec {
  readonly kind: 'static'
  /** By upstream key. */
  readonly downstreamKeys: Readonly<Record<string, readonly string[]>>
}

/** The same partitions for all. */
export interface SpecificPartitionsMappingSpec {
  readonly kind: 'specific'
  readonly keys: readonly string[]
}

/** What a function of the project says. */
export interface FunctionMappingSpec {
  readonly kind: 'function'
  /** Not in a snapshot, which carries no code. */
  readonly upstream?: UpstreamKeysOf
}

/** Names the upstream partitions that a downstream partition needs. Pure: the same arguments, the same keys. */
export type UpstreamKeysOf = (key: string, facts: PartitionMappingFacts) => readonly string[]

/** What a mapping function may want to know beside the key. */
export interface PartitionMappingFacts {
  /** The partitions of the asset that needs the others. */
  readonly own: PartitionsSpec
  readonly upstream: PartitionsSpec
  /** The time that is asked at: windows that aren't over then don't exist. */
  readonly now: Date
}

/** Whether two mappings say the same. Functions do where they are one. */
export function sameMapping(one: PartitionMappingSpec | undefined, other: PartitionMappingSpec | undefined): boolean {
  if (one?.kind === 'function' && other?.kind === 'function') return one.upstream === other.upstream
  return JSON.stringify(one) === JSON.stringify(other)
}
