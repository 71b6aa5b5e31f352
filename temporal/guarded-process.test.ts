import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type GuardedProcess, startGuarded } from './guarded-process.ts'

let folder: string
let output: string
const started: number[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assetry-guarded-'))
  output = join(folder, 'output')
})
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function start(script: string, environment: Record<string, string> = {}): Promise<GuardedProcess> {
  const outputFile = openSync(output, 'a')
  const args = ['-e', script]
  const guarded = await startGuarded({ command: process.execPath, args, environment, outputFile })
  closeSync(outputFile)
  started.push(guarded.pid)
  return guarded
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const forever = 'setInterval(() => {}, 1000); console.log("up")'
const up = () => vi.waitFor(() => expect(readFileSync(output, 'utf8')).toContain('up'), { timeout: 10_000 })

describe('a guarded process', () => {
  test('reports its own pid and the code it ends with, and has the environment it was given and no other', async () => {
    const guarded = await start('console.log(process.pid, process.env.GIVEN, process.env.PATH); process.exitCode = 7', { GIVEN: 'yes' })
    await expect(guarded.exited).resolves.toEqual({ code: 7, signal: null })
    expect(readFileSync(output, 'utf8')).toBe(`${guarded.pid} yes undefined\n`)
  })

  test('that is killed is reported as killed', async () => {
    const guarded = await start(forever)
    await up()
    process.kill(guarded.pid, 'SIGKILL')
    await expect(guarded.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('ends when it is stopped, and may be stopped again', async () => {
    const guarded = await start(forever)
    await up()
    await guarded.stop()
    expect(isAlive(guarded.pid)).toBe(false)
    await guarded.stop()
    await expect(guarded.exited).resolves.toEqual({ code: null, signal: 'SIGTERM' })
  })

  test('is killed where it does not listen', async () => {
    const guarded = await start(`process.on('SIGTERM', () => console.log('no')); ${forever}`)
    await up()
    await guarded.stop(200)
    await expect(guarded.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('that can not be started ends with the shell’s code', async () => {
    const outputFile = openSync(output, 'a')
    const guarded = await startGuarded({ command: join(folder, 'missing'), args: [], environment: {}, outputFile })
    closeSync(outputFile)
    await expect(guarded.exited).resolves.toEqual({ code: 127, signal: null })
    expect(readFileSync(output, 'utf8')).toContain('missing')
  })

  test.runIf(process.platform === 'linux')('counts as ended only when it is gone, although what guards it was killed', async () => {
    const guarded = await start(`process.on('SIGTERM', () => setTimeout(() => { console.log('gone'); process.exit() }, 300)); ${forever}`)
    await up()
    process.kill(parentOf(guarded.pid), 'SIGKILL')
    await guarded.exited
    expect(readFileSync(output, 'utf8')).toContain('gone')
  })

  test('ends when its owner is killed', async () => {
    const { owner, pid } = await ownerInAnotherProcess()
    expect(isAlive(pid)).toBe(true)
    owner.kill('SIGKILL')
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })
  })
})

/** From what Linux says about the process: `PID (name) STATE PARENT …`. */
function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
}

async function ownerInAnotherProcess(): Promise<{ owner: ChildProcess; pid: number }> {
  const module = fileURLToPath(new URL('guarded-process.ts', import.meta.url))
  const script = `
    const { startGuarded } = await import(${JSON.stringify(module)})
    const spec = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], environment: {}, outputFile: 2 }
    console.log((await startGuarded(spec)).pid)`
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string]
  started.push(Number(line))
  return { owner, pid: Number(line) }
}
