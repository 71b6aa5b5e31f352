import { type GraphJob, type GraphJobOptions, job as graphJob } from '../definitions/job.ts'
import { executeInProcess, type ExecuteInProcessOptions, type ExecuteInProcessResult } from './execute-in-process.ts'

/** A graph job that can be run where it is. */
export interface ExecutableJob extends GraphJob {
  /**
   * Runs the job in this process, without Temporal and without a record of the run: for tests, scripts and a first
   * try. What a user's function throws is thrown as it is.
   *
   * @example
   * ```ts
   * const result = await myPipeline.executeInProcess({ runConfig: { ops: { filter_data: { minimum: 10 } } } })
   * result.outputFor('filter_data')
   * ```
   * @throws `CONFIG_INVALID`, `ENV_MISSING`, `MISSING_RESOURCE`, `INVALID_OPTION` before anything runs
   */
  executeInProcess(options?: ExecuteInProcessOptions): Promise<ExecuteInProcessResult>
}

/**
 * Declares a job that runs a graph of ops.
 *
 * @example
 * ```ts
 * export const myPipeline = job({
 *   name: 'my_pipeline',
 *   graph: () => saveData({ data: filterData({ data: fetchData() }) }),
 * })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`, `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`
 */
export function job(options: GraphJobOptions): ExecutableJob {
  const made = graphJob(options)
  return { ...made, executeInProcess: (given) => executeInProcess(made, given) }
}
