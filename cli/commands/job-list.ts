import { snapshotOf } from '../../planning/snapshot-of.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { loadDefinitions } from '../load-definitions.ts'
import { defaultCodeLocation, openProject } from '../project.ts'
import { type Server, serverOfEnvironment, serverOfProject } from '../server.ts'
import { table, type TableColumn } from '../table.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { talk } from '../talk.ts'

/** Options of `assetry job list`. */
export interface JobListOptions {
  readonly file?: string
  readonly json?: boolean
}

/** What the list shows of a job. */
interface ListedJob {
  readonly name: string
  readonly selection: string
  readonly assetKeys: readonly string[]
  readonly description: string | null
}

/** Lists the jobs: those of a running server, else those of the definitions file. */
export async function jobList(options: JobListOptions): Promise<ExitCode> {
  const items = await listed(options)
  if (options.json === true) writeJson({ items, nextCursor: null })
  else if (items.length === 0) talk('There are no jobs. A job is declared by assetJob({ name, selection }).')
  else process.stdout.write(jobTable(items))
  return exitCodes.done
}

async function listed(options: JobListOptions): Promise<readonly ListedJob[]> {
  const named = serverOfEnvironment()
  if (named !== undefined) return ofServer(named)
  const project = openProject(options)
  const running = await serverOfProject(project, options)
  if (running !== undefined) return ofServer(running)
  const { jobs } = await snapshotOf(await loadDefinitions(project.definitionsFile))
  return jobs.map((job) => ({ ...job, codeLocation: defaultCodeLocation }))
}

async function ofServer({ client }: Server): Promise<readonly ListedJob[]> {
  const jobs: ListedJob[] = []
  for await (const job of client.jobs.iterate()) jobs.push(job)
  return jobs
}

function jobTable(jobs: readonly ListedJob[]): string {
  const colors = colorsFor(process.stdout)
  return table(jobs, columns(colors), { columns: columnsOf(process.stdout), title: colors.dim })
}

function columns(colors: Colors): readonly TableColumn<ListedJob>[] {
  return [
    { title: 'JOB', text: (job) => job.name, shrinks: true },
    { title: 'ASSETS', text: (job) => (job.assetKeys.length === 0 ? '' : String(job.assetKeys.length)), align: 'right' },
    { title: 'SELECTION', text: (job) => oneLine(job.selection === '' ? '(a graph of ops)' : job.selection), shrinks: true },
    { title: 'DESCRIPTION', text: (job) => oneLine(job.description ?? ''), color: colors.dim, shrinks: true },
  ]
}
