import { isAlive } from '../../metadata/process-identity.ts'
import { readStackState } from './stack-state.ts'

/** A stack that runs on a project's home folder. */
export interface RunningStack {
  readonly url: string
  readonly temporalUiUrl: string
  readonly pid: number
  /** The file whose definitions it serves; undefined where it is not said. */
  readonly definitionsFile: string | undefined
}

/** The stack that runs on `home` now, if one does. */
export async function findRunningStack(home: string): Promise<RunningStack | undefined> {
  const state = await readStackState(home)
  if (state?.url === undefined || !(await isAlive(state.supervisor))) return undefined
  const { url, temporalUiUrl = '', definitionsFile, supervisor } = state
  return { url, temporalUiUrl, pid: supervisor.pid, definitionsFile }
}
