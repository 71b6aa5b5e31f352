import { AssetryError } from '../../definitions/errors.ts'
import { executeRun, type RunOptions } from '../execute-run.ts'
import type { ExitCode } from '../exit-code.ts'

/** Options of `assetry asset materialize`. */
export interface AssetMaterializeOptions extends RunOptions {
  readonly select: string
  readonly inProcess?: boolean
}

/** Materializes a selection: durably, or with `--in-process` without a record of the run. */
export async function assetMaterialize(options: AssetMaterializeOptions): Promise<ExitCode> {
  if (options.inProcess !== true) return executeRun({ selection: options.select }, options)
  if (options.detach === true)
    throw new AssetryError('USAGE', "--in-process and --detach don't go together: the run would end with this process.")
  return (await import('../materialize-in-process.ts')).materializeInProcess(options.select, options)
}
