import type { TimeWindow } from './partitions/partitions-spec.ts'

/** Which partition of its assets a step is for. */
export interface PartitionContext {
  /**
   * The partition this call is for.
   *
   * @throws `NOT_PARTITIONED` in a run without partitions, `SEVERAL_PARTITIONS` where it is for several
   */
  readonly partitionKey: string
  /** The partitions this call is for, in their order: several where the asset has a `backfillPolicy`; empty in a run without partitions. */
  readonly partitionKeys: readonly string[]
  /**
   * The time that the partition is for, of several from the start of the first to the end of the last; undefined where partitions
   * are no windows of time, and in a run without partitions.
   *
   * @throws `SEVERAL_PARTITIONS` where it is for several that don't follow each other without a gap
   */
  readonly partitionTimeWindow: TimeWindow | undefined
  /**
   * The parts of the partition's key by the names of its dimensions; undefined where it has only one, and in a run without partitions.
   *
   * @throws `SEVERAL_PARTITIONS` where it is for several
   */
  readonly partitionDimensions: Readonly<Record<string, string>> | undefined
}
