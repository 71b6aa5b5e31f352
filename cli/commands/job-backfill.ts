import { AssetryError } from '../../definitions/errors.ts'
import { type BackfillOptions, executeBackfill } from '../execute-backfill.ts'
import type { ExitCode } from '../exit-code.ts'

/** Options of `assetry job backfill`. */
export interface JobBackfillOptions extends Omit<BackfillOptions, 'partitions'> {
  readonly job: string
  readonly from?: string
  readonly to?: string
  readonly all?: boolean
  readonly partition?: readonly string[]
}

/** Makes many partitions of a job's assets, durably, and waits for the end. */
export async function jobBackfill(options: JobBackfillOptions): Promise<ExitCode> {
  return executeBackfill({ job: options.job }, { ...options, partitions: partitionsOf(options) })
}

/** Undefined for all. @throws `USAGE` where it isn't said which, or in two ways */
function partitionsOf({ from, to, all = false, partition = [] }: JobBackfillOptions): readonly string[] | undefined {
  const isRange = from !== undefined || to !== undefined
  if (Number(isRange) + Number(all) + Number(partition.length > 0) !== 1) {
    throw new AssetryError('USAGE', 'Say in one way which partitions: --from KEY --to KEY, --partition KEY (may be repeated), or --all.')
  }
  if (all) return undefined
  if (!isRange) return partition
  if (from === undefined || to === undefined) {
    const [given, missed] = from === undefined ? ['--to', '--from'] : ['--from', '--to']
    throw new AssetryError('USAGE', `${given} needs ${missed} too: a range has two ends, both of which are made.`)
  }
  return [`${from}...${to}`]
}
