import { type AssetSelection, isAssetSelection, printSelection } from './asset-selection.ts'
import { AssetryError } from './errors.ts'
import { isJob, type Job } from './job.ts'

/** What a schedule or a sensor may start: one of these. */
export interface TargetOptions {
  /** A job, or its name. */
  readonly job?: Job | string
  /** Several jobs: each run request names one. */
  readonly jobs?: readonly (Job | string)[]
  /** Assets without a job: `'group:raw'`, or an `AssetSelection`. */
  readonly selection?: string | AssetSelection
}

/** What a schedule or a sensor starts, as plain data. */
export interface Target {
  /** Names of the jobs that a run request may be for; the only one is meant where a request names none. */
  readonly jobs: readonly string[]
  /** In the selection language; null where there are jobs, or nothing is to be started. */
  readonly selection: string | null
}

/**
 * What is to be started, checked.
 *
 * @param owner - whose target it is, for the error's text
 * @throws `INVALID_OPTION` where more than one of the options is given
 */
export function targetOption(owner: string, { job, jobs, selection }: TargetOptions): Target {
  const given = Object.entries({ job, jobs, selection }).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (given.length > 1) {
    throw new AssetryError('INVALID_OPTION', `${owner}: ${given.join(' and ')} are given. Give one of job, jobs and selection.`, {
      facts: { owner, given },
    })
  }
  return {
    jobs: [...(jobs ?? []), ...(job === undefined ? [] : [job])].map((each) => jobName(owner, each)),
    selection: isAssetSelection(selection) ? printSelection(selection) : (selection ?? null),
  }
}

function jobName(owner: string, given: unknown): string {
  if (typeof given === 'string') return given
  if (isJob(given)) return given.name
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: ${JSON.stringify(given)} is no job. Give what assetJob() or job() returned, or a job's name.`,
    {
      facts: { owner },
    },
  )
}
