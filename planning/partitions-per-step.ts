/** About how much work a step of many partitions carries. Unit: milliseconds. */
export const stepWorkMs = 1_000

/** How long a partition takes of which nothing is known. Unit: milliseconds. */
const unknownPartitionMs = 50

/** Most partitions a step carries: as many keys are made of its ranges at a time. */
export const mostPartitionsPerStep = 1_000

/** How long a partition of these assets takes, by the slowest of them; undefined for one of which nothing is known. Unit: milliseconds. */
export function slowestPartitionMs(known: readonly (number | undefined)[]): number {
  return Math.max(0.01, ...known.map((ms) => ms ?? unknownPartitionMs))
}

/** How many partitions go together: cheap ones share a step, and dear ones have one each. @param most - what was asked for */
export function partitionsPerStep(partitionMs: number, most: number | null = null): number {
  return Math.max(1, Math.min(mostPartitionsPerStep, most ?? Infinity, Math.floor(stepWorkMs / partitionMs)))
}
