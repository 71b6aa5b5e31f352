import { executeRun, type RunOptions } from '../execute-run.ts'
import type { ExitCode } from '../exit-code.ts'

/** Options of `assetry job execute`. */
export interface JobExecuteOptions extends RunOptions {
  readonly job: string
}

/** Runs a job durably and waits for its end. */
export function jobExecute(options: JobExecuteOptions): Promise<ExitCode> {
  return executeRun({ job: options.job }, options)
}
