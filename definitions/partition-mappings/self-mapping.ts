import { AssetryError } from '../errors.ts'
import type { PartitionsDefinition } from '../partitions/partitions-definition.ts'
import { isTimeSpec } from '../partitions/partitions-spec.ts'
import { mappingOption, type PartitionMapping } from './partition-mapping.ts'
import type { TimeWindowMappingSpec } from './partition-mapping-spec.ts'

/**
 * Checks the option `selfDependency` of an asset: a partition may only need such as are before it, or it would wait for ever.
 *
 * @throws `INVALID_OPTION`
 */
export function selfMappingOption(
  owner: string,
  given: PartitionMapping | undefined,
  partitions: PartitionsDefinition | undefined,
): TimeWindowMappingSpec | undefined {
  const spec = mappingOption(owner, 'selfDependency', given)?.spec
  if (spec === undefined) return undefined
  if (partitions === undefined || !isTimeSpec(partitions.spec))
    throw refused(
      owner,
      'it has no windows of time, and only of those one is before another. Give it partitions such as dailyPartitions().',
    )
  if (spec.kind === 'time-window' && spec.endOffset < 0) return spec
  throw refused(
    owner,
    'a partition may only need earlier ones. Use timeWindowMapping() with an endOffset below 0, such as timeWindowMapping({ startOffset: -1, endOffset: -1 }).',
  )
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: selfDependency: ${text}`, { facts: { owner } })
}
