import { AssetryError } from '../../definitions/errors.ts'
import { executeBackfill } from '../execute-backfill.ts'
import { executeRun, type RunOptions } from '../execute-run.ts'
import type { ExitCode } from '../exit-code.ts'

/** Options of `assetry asset materialize`. */
export interface AssetMaterializeOptions extends RunOptions {
  readonly select: string
  readonly partitionRange?: string
  readonly inProcess?: boolean
}

/** Materializes a selection: durably, a range of partitions as a backfill, or with `--in-process` without a record of the run. */
export async function assetMaterialize(options: AssetMaterializeOptions): Promise<ExitCode> {
  if (options.partitionRange !== undefined) return materializeRange(options.partitionRange, options)
  if (options.inProcess !== true) return executeRun({ selection: options.select }, options)
  if (options.detach === true)
    throw new AssetryError('USAGE', "--in-process and --detach don't go together: the run would end with this process.")
  return (await import('../materialize-in-process.ts')).materializeInProcess(options.select, options)
}

async function materializeRange(range: string, options: AssetMaterializeOptions): Promise<ExitCode> {
  if (options.partition !== undefined) {
    throw new AssetryError('USAGE', "--partition and --partition-range don't go together: name one partition, or a range of them.")
  }
  if (options.inProcess === true) {
    throw new AssetryError(
      'USAGE',
      '--in-process makes one partition at a time: a range is made by a backfill, which is durable. Leave --in-process away, or name one partition: --partition KEY.',
    )
  }
  return executeBackfill({ selection: options.select }, { ...options, partitions: [range] })
}
