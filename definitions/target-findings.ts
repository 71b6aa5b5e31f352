import { type AssetSelection, parseSelection } from './asset-selection.ts'
import { type Finding, isAssetryError } from './errors.ts'
import type { Job } from './job.ts'
import { didYouMean } from './nearest.ts'
import type { Target } from './target.ts'

/** Something that starts runs. */
interface Targeting {
  readonly name: string
  readonly target: Target
}

/** What is wrong with what a schedule or a sensor is to start: jobs that are not there, a selection that means nothing. */
export function targetFindings(
  what: 'schedule' | 'sensor',
  { name, target }: Targeting,
  jobs: readonly Job[],
  selectionFindings: (selection: AssetSelection) => readonly Finding[],
): readonly Finding[] {
  const names = jobs.map((job) => job.name)
  const owner = `${what[0]?.toUpperCase()}${what.slice(1)} "${name}"`
  return [
    ...target.jobs
      .filter((job) => !names.includes(job))
      .map((job) => ({
        code: 'UNKNOWN_JOB' as const,
        path: `${what}s.${name}.job`,
        message: `${owner} is to start the job "${job}", which is not among the jobs. Add it to jobs. ${didYouMean(job, 'jobs', names)}`,
      })),
    ...ofSelection(target.selection, selectionFindings).map(({ code, message }) => ({
      code,
      path: `${what}s.${name}.selection`,
      message: `${owner}: ${message}`,
    })),
  ]
}

function ofSelection(selection: string | null, findingsOf: (selection: AssetSelection) => readonly Finding[]): readonly Finding[] {
  if (selection === null) return []
  try {
    return findingsOf(parseSelection(selection))
  } catch (error) {
    if (isAssetryError(error) && error.code === 'SELECTION_SYNTAX') return [error]
    throw error
  }
}
