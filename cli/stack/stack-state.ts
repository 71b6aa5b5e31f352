import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessIdentity } from '../../metadata/process-identity.ts'

/** What a running stack writes down beside its data: how to reach it, and what a successor must know if it is killed. */
export interface StackState {
  readonly supervisor: ProcessIdentity
  /** The file whose definitions it serves, with no symbolic link in its path. */
  readonly definitionsFile?: string
  /** Undefined until the API listens. */
  readonly url?: string
  readonly temporalUiUrl?: string
  readonly temporal?: ProcessIdentity
  readonly store?: ProcessIdentity
  /** Identities of the workers this stack has started and not seen end, newest last. */
  readonly workers: readonly WorkerState[]
}

export interface WorkerState {
  /** What it is called in Temporal. */
  readonly identity: string
  readonly process: ProcessIdentity
}

const fileOf = (home: string): string => join(home, 'stack.json')

export async function readStackState(home: string): Promise<StackState | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(home), 'utf8')) as StackState
  } catch {
    return undefined
  }
}

/** Written to a name of its own and renamed: a reader never sees half of it. */
export async function writeStackState(home: string, state: StackState): Promise<void> {
  const temporary = `${fileOf(home)}.${randomBytes(4).toString('hex')}.tmp`
  await writeFile(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  await rename(temporary, fileOf(home))
}

export async function removeStackState(home: string): Promise<void> {
  await rm(fileOf(home), { force: true })
}
