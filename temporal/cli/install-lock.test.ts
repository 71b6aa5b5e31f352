import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withInstallLock } from './install-lock.ts'

let folder: string
let lock: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-lock-'))
  lock = join(folder, 'cli.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const quiet = { signal: new AbortController().signal, onWait: () => {}, interval: 5 }

test('the second owner works only when the first has ended', async () => {
  const order: string[] = []
  const waitedFor: number[] = []
  let endFirst = (): void => {}
  const ending = new Promise<void>((resolve) => (endFirst = resolve))
  const first = withInstallLock(lock, quiet, async () => {
    await ending
    order.push('first')
  })
  const onWait = (pid: number): void => {
    waitedFor.push(pid)
    endFirst()
  }
  const second = withInstallLock(lock, { ...quiet, onWait }, () => Promise.resolve(order.push('second')))
  await Promise.all([first, second])
  expect(order).toEqual(['first', 'second'])
  expect(waitedFor).toContain(process.pid)
})

test('a lock is free again after its work failed', async () => {
  const failing = withInstallLock(lock, quiet, () => Promise.reject(new Error('no disk')))
  await expect(failing).rejects.toThrow('no disk')
  await expect(withInstallLock(lock, quiet, () => readFile(lock, 'utf8'))).resolves.toBe(String(process.pid))
})

test('a lock of a dead process is taken over', async () => {
  await writeFile(lock, '2147483646')
  await expect(withInstallLock(lock, quiet, () => Promise.resolve('mine'))).resolves.toBe('mine')
})

test('a forgotten lock is taken over, although its pid belongs to a live process by now', async () => {
  await writeFile(lock, String(process.pid))
  const yesterday = new Date(Date.now() - 86_400_000)
  await utimes(lock, yesterday, yesterday)
  await expect(withInstallLock(lock, quiet, () => Promise.resolve('mine'))).resolves.toBe('mine')
})

test('waiting ends when it is aborted, and the owner keeps its lock', async () => {
  await writeFile(lock, String(process.pid))
  const abort = new AbortController()
  const waiting = withInstallLock(lock, { ...quiet, signal: abort.signal, onWait: () => abort.abort() }, () => Promise.resolve())
  await expect(waiting).rejects.toThrow('aborted')
  await expect(readFile(lock, 'utf8')).resolves.toBe(String(process.pid))
})
