import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identityOf } from './process-identity.ts'
import { acquireProcessLock, type ProcessLock, type ProcessLockOutcome } from './process-lock.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-lock-'))
  path = join(folder, 'store.lock')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

test('a lock that is held is refused with its owner’s pid, and free once it is released', async () => {
  const lock = acquired(await acquireProcessLock({ path }))
  expect(await acquireProcessLock({ path })).toEqual({ kind: 'held', pid: process.pid })
  await lock.release()
  await acquired(await acquireProcessLock({ path })).release()
  expect(await readdir(folder)).toEqual([])
})

test('who waits gets the lock when its owner lets go', async () => {
  const lock = acquired(await acquireProcessLock({ path }))
  const waiting = acquireProcessLock({ path, waitMs: 10_000 })
  await lock.release()
  await acquired(await waiting).release()
})

test('a dead owner’s lock goes to exactly one of many who want it', async () => {
  await writeFile(path, JSON.stringify({ pid: await deadPid(), started: null, token: 'dead' }))
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => acquireProcessLock({ path })))
  expect(outcomes.filter(({ kind }) => kind === 'acquired')).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['store.lock'])
})

test('a lock whose heir died while taking it over still goes to exactly one', async () => {
  const pid = await deadPid()
  await writeFile(path, JSON.stringify({ pid, started: null, token: 'dead' }))
  await writeFile(`${path}.dead`, JSON.stringify({ pid, started: null, token: 'heir' }))
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => acquireProcessLock({ path })))
  expect(outcomes.filter(({ kind }) => kind === 'acquired')).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['store.lock'])
})

test.runIf(process.platform === 'linux')('a pid that another process has got since then is no owner', async () => {
  const { started } = await identityOf(process.pid)
  await writeFile(path, JSON.stringify({ pid: process.pid, started, token: 'mine' }))
  expect(await acquireProcessLock({ path })).toMatchObject({ kind: 'held' })
  await writeFile(path, JSON.stringify({ pid: process.pid, started: '1@another-boot', token: 'other' }))
  acquired(await acquireProcessLock({ path }))
})

test('releasing twice does not take the lock from the next owner', async () => {
  const first = acquired(await acquireProcessLock({ path }))
  await first.release()
  acquired(await acquireProcessLock({ path }))
  await first.release()
  expect(await acquireProcessLock({ path })).toMatchObject({ kind: 'held' })
})

function acquired(outcome: ProcessLockOutcome): ProcessLock {
  if (outcome.kind !== 'acquired') throw new Error(`held by ${outcome.pid}`)
  return outcome.lock
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}
