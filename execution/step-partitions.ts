import type { Definitions } from '../definitions/definitions.ts'
import { partitionDimensions } from '../definitions/partitions/multi-partition-key.ts'
import { partitionWindow } from '../definitions/partitions/partition-window.ts'
import type { PartitionsSpec, TimeWindow } from '../definitions/partitions/partitions-spec.ts'
import type { StepHost } from './step-host.ts'
import type { StepTarget } from './step-target.ts'

/** The partitions that a step of a run is for: that of the run, where the step's assets have partitions. */
export function stepPartitionKeys(definitions: Definitions, target: StepTarget, partitionKey: string | undefined): readonly string[] {
  return partitionKey === undefined || specOf(definitions, target) === undefined ? [] : [partitionKey]
}

/** The time that a step's partition is for. @throws `PARTITION_UNKNOWN` where the definitions have changed since the run was planned */
export function stepTimeWindow({ definitions, target, partitionKeys: [key] }: StepHost): TimeWindow | undefined {
  const spec = specOf(definitions, target)
  return spec === undefined || key === undefined ? undefined : partitionWindow(spec, key)
}

/** The parts of a step's partition key, where it has several. @throws `PARTITION_UNKNOWN` where the definitions have changed since the run was planned */
export function stepDimensions({ definitions, target, partitionKeys: [key] }: StepHost): Readonly<Record<string, string>> | undefined {
  const spec = specOf(definitions, target)
  return spec?.kind !== 'multi' || key === undefined ? undefined : partitionDimensions(spec, key)
}

/** All assets of a step have the same partitions. */
function specOf({ assets }: Definitions, { assetKey, assetKeys }: StepTarget): PartitionsSpec | undefined {
  const key = assetKey ?? assetKeys?.[0]
  return assets.find((asset) => asset.key === key)?.partitions?.spec
}
