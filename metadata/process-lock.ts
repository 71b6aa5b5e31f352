import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts'

/** A lock that a process holds until it releases it or dies. */
export interface ProcessLock {
  /** Gives the lock back. Repeating it is harmless. */
  release(): Promise<void>
}

export type ProcessLockOutcome =
  | { readonly kind: 'acquired'; readonly lock: ProcessLock }
  /** A live process has it. */
  | { readonly kind: 'held'; readonly pid: number }

export interface ProcessLockOptions {
  /** The lock's file. Its folder is made where there is none. */
  readonly path: string
  /**
   * How long to wait for a live owner to go. Unit: milliseconds.
   *
   * @default 0
   */
  readonly waitMs?: number
}

/**
 * Takes the lock that a file stands for. Of any number of processes that try, one gets it; a dead owner's lock passes to
 * one of them, a live owner's never does.
 *
 * @example
 * const outcome = await acquireProcessLock({ path: '.assetry/store.lock', waitMs: 10_000 })
 */
export async function acquireProcessLock({ path, waitMs = 0 }: ProcessLockOptions): Promise<ProcessLockOutcome> {
  await mkdir(dirname(path), { recursive: true })
  const deadline = Date.now() + waitMs
  const mine: Holder = { ...(await identityOf(process.pid)), token: randomUUID() }
  for (;;) {
    const owner = await claim(path, mine)
    if (owner === undefined) return { kind: 'acquired', lock: { release: () => release(path, mine) } }
    if (Date.now() >= deadline) return { kind: 'held', pid: owner.pid }
    await sleep(pollMs)
  }
}

const pollMs = 50

interface Holder extends ProcessIdentity {
  /** Different for each time the lock is taken. */
  readonly token: string
}

/** Takes the lock if it is free or its owner dead. Returns the owner where there is a live one. */
async function claim(path: string, mine: Holder): Promise<Holder | undefined> {
  if (await createWith(path, mine)) return undefined
  const owner = await holderOf(path)
  if (owner === undefined) return await claim(path, mine)
  if (await isAlive(owner)) return owner
  return await inherit(path, owner, mine)
}

/**
 * Takes a dead owner's lock over. The right to do so belongs to whoever makes the file named by the owner's token, so
 * that two who see the same dead owner can't both remove a lock, the second one that of the first. Who made that file and
 * died before the end is a dead owner in turn: the right passes on by its token.
 */
async function inherit(path: string, owner: Holder, mine: Holder): Promise<Holder | undefined> {
  const rights: string[] = []
  for (let dead: Holder = owner; ;) {
    const right = `${path}.${dead.token}`
    rights.push(right)
    if (await createWith(right, mine)) break
    const heir = await holderOf(right)
    if (heir === undefined) return await claim(path, mine)
    if (await isAlive(heir)) return heir
    dead = heir
  }
  // Someone may have been through all of this since the owner was read.
  const unchanged = (await holderOf(path))?.token === owner.token
  if (unchanged) await replaceWith(path, mine)
  // The oldest right goes last: while it stands, nobody begins anew.
  for (const right of unchanged ? rights.reverse() : rights.slice(-1)) await rm(right, { force: true })
  return unchanged ? undefined : await claim(path, mine)
}

async function release(path: string, mine: Holder): Promise<void> {
  if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true })
}

/** Makes a file with its content at once; false where there is one already. */
async function createWith(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${process.pid}-${randomUUID()}`
  await writeFile(draft, JSON.stringify(holder))
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function replaceWith(path: string, holder: Holder): Promise<void> {
  const draft = `${path}.${process.pid}-${randomUUID()}`
  await writeFile(draft, JSON.stringify(holder))
  await rename(draft, path)
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
