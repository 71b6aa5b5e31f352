import { nearestText } from '../nearest.ts'
import { isPossiblePartition } from '../partitions/partition-unknown.ts'
import { isTimeSpec, type PartitionsSpec } from '../partitions/partitions-spec.ts'
import type { PartitionMappingSpec, StaticMappingSpec } from './partition-mapping-spec.ts'

/** The partitions of an asset and of one that it needs. */
interface Sides {
  /** Undefined where the asset has none. */
  readonly own: PartitionsSpec | undefined
  readonly upstream: PartitionsSpec
}

/** Why a mapping can't be between these partitions, and what to do; undefined where it can. */
export function mappingProblem(mapping: PartitionMappingSpec, { own, upstream }: Sides): string | undefined {
  if (mapping.kind === 'all' || mapping.kind === 'last') return undefined
  if (mapping.kind === 'specific') return unknownKey('upstream partition', upstream, mapping.keys)
  if (own === undefined)
    return 'it has no partitions itself. Use allPartitionsMapping(), lastPartitionMapping() or specificPartitionsMapping().'
  switch (mapping.kind) {
    case 'identity':
      return kindProblem(own, upstream)
    case 'time-window':
      return windowProblem(own, upstream)
    case 'static':
      return tableProblem(mapping, own, upstream)
    case 'function':
      return undefined
  }
}

function kindProblem(own: PartitionsSpec, upstream: PartitionsSpec): string | undefined {
  if (own.kind === upstream.kind) return undefined
  return `one has ${own.kind} partitions and the other ${upstream.kind} ones, so that keys mean different things.`
}

function windowProblem(own: PartitionsSpec, upstream: PartitionsSpec): string | undefined {
  if (!isTimeSpec(own) || !isTimeSpec(upstream)) return 'timeWindowMapping() is for windows of time on both sides.'
  if (own.timezone === upstream.timezone) return undefined
  return `its windows are in ${own.timezone} and those upstream in ${upstream.timezone}, so that days are not the same days. Give both the same zone.`
}

function tableProblem({ downstreamKeys }: StaticMappingSpec, own: PartitionsSpec, upstream: PartitionsSpec): string | undefined {
  if (own.kind !== 'static' || upstream.kind !== 'static') return 'staticMapping() is for listed partitions on both sides.'
  return (
    unknownKey('upstream partition', upstream, Object.keys(downstreamKeys)) ??
    unknownKey('partition of its own', own, Object.values(downstreamKeys).flat())
  )
}

function unknownKey(what: string, spec: PartitionsSpec, keys: readonly string[]): string | undefined {
  const unknown = keys.find((key) => !isDefined(spec, key))
  if (unknown === undefined) return undefined
  return `there is no ${what} ${JSON.stringify(unknown)}.${spec.kind === 'static' ? nearestText(unknown, spec.keys) : ''}`
}

/** Whether a partition exists at some time; of several dimensions that is seen when it is needed. */
function isDefined(spec: PartitionsSpec, key: string): boolean {
  return spec.kind === 'multi' || isPossiblePartition(spec, key)
}
