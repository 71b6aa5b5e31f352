import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isFailure } from '../../definitions/failure.ts'
import type { Logger } from '../../definitions/logger.ts'
import { captureOutput } from '../../execution/output-capture.ts'
import { withinStep } from '../../execution/running-step.ts'
import { StepOutput } from '../../execution/step-output.ts'
import { type AssetContextOptions, buildAssetContext } from '../../testing/asset-context.ts'
import { until } from '../../tests/dev-server.ts'
import { gone, isRunning } from '../../tests/process-gone.ts'
import { pipes, type PipesOptions, type PipesResult } from './index.ts'

/** The protocol by hand: what a program needs to speak it. */
const byHand = `
const { appendFileSync, readFileSync, existsSync, writeFileSync } = require('node:fs')
const { inflateSync } = require('node:zlib')
const { setTimeout: sleep } = require('node:timers/promises')
const params = (name) => JSON.parse(inflateSync(Buffer.from(process.env[name], 'base64')).toString())
const context = JSON.parse(readFileSync(params('DAGSTER_PIPES_CONTEXT').path, 'utf8'))
const messages = params('DAGSTER_PIPES_MESSAGES').path
const send = (text) => appendFileSync(messages, text)
const say = (method, params = {}) => send(JSON.stringify({ __dagster_pipes_version: '0.1', method, params }) + '\\n')
`

/** A program in JavaScript that speaks the protocol. */
const program = (body: string): readonly [string, ...string[]] => [process.execPath, '-e', `${byHand};(async () => {${body}})()`]
const sh = (script: string): readonly [string, ...string[]] => ['/bin/sh', '-c', script]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-pipes-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ran {
  readonly result: PipesResult | undefined
  readonly error: unknown
  /** `<level> <message>` of `context.log`. */
  readonly logged: readonly string[]
  /** `<source> <text>` of what the program wrote. */
  readonly written: readonly string[]
}

type RunOptions = PipesOptions & {
  readonly context?: AssetContextOptions<undefined, Readonly<Record<string, never>>>
  readonly onLog?: (message: string) => void
}

/** Runs a program as the code of a step does. */
async function ran({ context = {}, onLog, ...options }: RunOptions): Promise<Ran> {
  captureOutput()
  const [logged, written]: [string[], string[]] = [[], []]
  const output = new StepOutput(({ source, text }) => written.push(`${source} ${text}`))
  const write = (level: string) => (message: string) => {
    logged.push(`${level} ${message}`)
    onLog?.(message)
  }
  const log: Logger = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') }
  const outcome = await withinStep(output, () => pipes(buildAssetContext({ assetKey: 'orders', log, ...context }), options)).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  )
  output.end()
  return { ...outcome, logged, written }
}

/** Waits for a file that a program writes pids to, one a line. */
async function pidsIn(file: string, count: number): Promise<readonly number[]> {
  return await until(async () => {
    const pids = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean).map(Number)
    return pids.length === count ? pids : undefined
  })
}

describe('a program that speaks the protocol', () => {
  it('is told of its step', async () => {
    const { result } = await ran({
      command: program(`say('opened'); say('report_custom_message', { payload: context }); say('closed')`),
      extras: { limit: 10, nested: [{ a: null }] },
      context: {
        codeVersion: '3',
        runId: 'r1',
        jobName: 'daily',
        attempt: 3,
        partitionKey: '2026-01-01',
        partitionTimeWindow: { start: new Date('2026-01-01'), end: new Date('2026-01-02') },
      },
    })
    expect(result?.customMessages).toEqual([
      {
        asset_keys: ['orders'],
        code_version_by_asset_key: { orders: '3' },
        provenance_by_asset_key: { orders: null },
        partition_key: '2026-01-01',
        partition_key_range: { start: '2026-01-01', end: '2026-01-01' },
        partition_time_window: { start: '2026-01-01T00:00:00.000Z', end: '2026-01-02T00:00:00.000Z' },
        run_id: 'r1',
        job_name: 'daily',
        retry_number: 2,
        extras: { limit: 10, nested: [{ a: null }] },
      },
    ])
  })

  it('makes the asset with what it reports: metadata, data version, checks and messages of its own', async () => {
    const { result, logged } = await ran({
      command: program(`
        say('opened')
        say('report_asset_materialization', {
          asset_key: 'orders', data_version: 'v7', metadata: { rows: { raw_value: 3, type: '__infer__' } },
        })
        say('report_asset_check', {
          asset_key: 'orders', check_name: 'no_nulls', passed: false, severity: 'WARN', metadata: { nulls: { raw_value: 2, type: 'int' } },
        })
        say('report_asset_check', { asset_key: 'orders', check_name: 'fresh', passed: true, severity: 'ERROR', metadata: null })
        say('report_custom_message', { payload: { any: 'thing' } })
        say('closed')
      `),
    })
    expect(result).toMatchObject({
      value: undefined,
      metadata: { rows: 3 },
      dataVersion: 'v7',
      checks: {
        no_nulls: { passed: false, severity: 'WARN', metadata: { nulls: 2 } },
        fresh: { passed: true, severity: 'ERROR', metadata: {} },
      },
      customMessages: [{ any: 'thing' }],
    })
    expect(logged).toEqual([])
  })

  it('logs by level, and what it writes is what the step writes', async () => {
    const { logged, written } = await ran({
      command: program(`
        say('opened')
        for (const level of ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'Level 25']) say('log', { level, message: level })
        say('log_external_stream', { stream: 'stderr', text: 'from the cluster\\n', extras: {} })
        say('log_external_stream', { stream: 'driver', text: 'and its driver\\n', extras: {} })
        say('closed')
        process.stdout.write('out\\nunended')
        console.error('err')
      `),
    })
    expect(logged).toEqual(['info INFO', 'warn WARNING', 'error ERROR', 'error CRITICAL', 'info Level 25', 'info and its driver'])
    expect([...written].sort()).toEqual(['stderr err', 'stderr from the cluster', 'stdout out', 'stdout unended'])
  })

  it('is heard while it runs, however its messages are cut', async () => {
    const go = join(folder, 'go')
    const { result, logged } = await ran({
      command: program(`
        say('opened')
        const text = JSON.stringify({ __dagster_pipes_version: '0.1', method: 'log', params: { level: 'INFO', message: 'ready – now' } })
        const bytes = Buffer.from(text + '\\n')
        const middle = bytes.indexOf('–') + 1
        send(bytes.subarray(0, middle)); await sleep(150); send(bytes.subarray(middle))
        while (!existsSync(${JSON.stringify(go)})) await sleep(10)
        say('closed')
        send('{"cut off')
      `),
      onLog: (message) => void (message === 'ready – now' && writeFile(go, '')),
    })
    expect(logged).toEqual(['info ready – now'])
    expect(result).toBeDefined()
  })

  it('leaves no files behind, however it ends', async () => {
    const { written } = await ran({ command: program(`console.log(messages); process.exit(3)`) })
    const [messages = ''] = written.map((line) => line.replace('stdout ', ''))
    expect(messages).toContain('assetry-pipes-')
    expect(existsSync(dirname(messages))).toBe(false)
  })
})

describe('a program that fails', () => {
  it('fails the step with the exception that it closed with, its class, stack and cause', async () => {
    const { error } = await ran({
      command: program(`
        say('opened')
        say('closed', { exception: {
          name: 'BadRow', message: 'shop.errors.BadRow: row 7: no price\\n', stack: ['  File "clean.py", line 7, in clean\\n    fail()\\n'],
          cause: null, context: { name: 'KeyError', message: "KeyError: 'price'\\n", stack: [], cause: null, context: null },
        } })
        process.exit(1)
      `),
    })
    expect(isFailure(error)).toBe(true)
    expect(error).toMatchObject({ retryable: true, metadata: { exit_code: 1 } })
    expect((error as Error).message).toMatch(/^"\S*node.*" failed: BadRow: row 7: no price$/s)
    const cause = (error as Error).cause as Error
    expect([cause.name, cause.message]).toEqual(['BadRow', 'row 7: no price'])
    expect(cause.stack).toBe(
      'shop.errors.BadRow: row 7: no price\nTraceback (most recent call last):\n  File "clean.py", line 7, in clean\n    fail()',
    )
    expect(cause.cause).toMatchObject({ name: 'KeyError', message: "'price'" })
  })

  it('fails it with exit code and last words where it said nothing', async () => {
    const { error } = await ran({ command: sh('for i in $(seq 30); do echo "line $i" >&2; done; exit 3') })
    expect(isFailure(error)).toBe(true)
    expect(error).toMatchObject({ metadata: { exit_code: 3 } })
    expect((error as Error).message).toMatch(/ended with exit code 3\. Its last lines on stderr:\nline 11\n(.*\n)*line 30$/)
  })

  it('fails it with the signal that ended it', async () => {
    const { error } = await ran({ command: sh('kill -9 $$') })
    expect((error as Error).message).toBe('"/bin/sh -c kill -9 $$" ended with signal SIGKILL. It wrote nothing to stderr.')
    expect(error).toMatchObject({ metadata: { signal: 'SIGKILL' } })
  })

  it.each([
    ['is not there', ['no-such-program'], {}, /^The program "no-such-program" can't be started: there is none on the PATH/],
    ['is not there by its path', ['./no-such'], {}, /^The program ".\/no-such" can't be started: there is none by that path/],
    ['may not be executed', ['./script.py'], {}, /^The program ".\/script.py" can't be started: it may not be executed/],
    ['is a folder', ['/tmp'], {}, /^The program "\/tmp" can't be started: there is none by that path/],
    [
      'has no folder',
      ['true'],
      { cwd: '/no/such/folder' },
      /^The program "true" can't be started: its cwd "\/no\/such\/folder" is no folder/,
    ],
  ] as const)('says so where it %s', async (_what, command, options, message) => {
    await writeFile(join(folder, 'script.py'), '', { mode: 0o644 })
    const { error } = await ran({ command, cwd: folder, ...options })
    expect(error).toMatchObject({ code: 'PROGRAM_NOT_STARTED', message: expect.stringMatching(message) })
  })

  it('is refused without a command, before anything starts', async () => {
    expect((await ran({ command: [] as never })).error).toMatchObject({ code: 'INVALID_OPTION' })
    expect((await ran({ command: 'ls -l' as never })).error).toMatchObject({ code: 'INVALID_OPTION' })
  })

  it.each([
    ['is no message', `send('{"method": 7}\\n')`, /it has no __dagster_pipes_version and method/],
    ['is no JSON', `send('oops\\n')`, /it is no JSON: oops/],
    ['lacks what it is about', `say('report_asset_check', { asset_key: 'orders', passed: true })`, /its check_name is not a string/],
    [
      'is about another asset',
      `say('report_asset_materialization', { asset_key: 'other' })`,
      /reported on asset "other", but this step makes "orders"/,
    ],
  ])('is ended at once where what it sends %s', async (_what, sent, message) => {
    const pids = join(folder, `pids-${Math.random()}`)
    const { error } = await ran({
      command: program(`writeFileSync(${JSON.stringify(pids)}, String(process.pid)); say('opened'); ${sent}; await sleep(60_000)`),
    })
    expect(error).toMatchObject({ code: 'PIPES_MESSAGE_INVALID', message: expect.stringMatching(message) })
    expect((await pidsIn(pids, 1)).filter(isRunning)).toEqual([])
  })
})

describe('a program that says nothing of itself', () => {
  it('has made the asset where it ended well, with a warning', async () => {
    const { result, logged } = await ran({ command: ['true'] })
    expect(result).toMatchObject({ value: undefined, metadata: {}, checks: {} })
    expect(logged).toEqual(['warn "true" sent no Dagster Pipes messages: nothing is known of the asset but that the program ended well'])
  })

  it('is told of where it opened the session and did not close it', async () => {
    const { result, logged } = await ran({ command: program(`say('opened')`) })
    expect(result).toBeDefined()
    expect(logged).toEqual([expect.stringMatching(/did not close its Dagster Pipes session/)])
  })

  it('gets the environment of the worker with what it was given', async () => {
    const { written } = await ran({
      command: program(`const { GIVEN, TAKEN, PYTHONUNBUFFERED, PATH } = process.env
        console.log(GIVEN, TAKEN, PYTHONUNBUFFERED, process.env['by.dots'], PATH !== undefined)`),
      env: { GIVEN: 'given', TAKEN: undefined, 'by.dots': 'a=b c' },
    })
    expect(written).toEqual(['stdout given undefined 1 a=b c true'])
  })
})

describe('the processes of a program', () => {
  /** A program that can't be asked to end, and has started another one that can't either. */
  const stubborn = (file: string): readonly [string, ...string[]] =>
    sh(
      `trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $! > ${file}.part; echo $$ >> ${file}.part; mv ${file}.part ${file}; while :; do sleep 1; done`,
    )

  it('are all gone when the step is cancelled, also those that would not go', async () => {
    const file = join(folder, 'cancelled')
    const controller = new AbortController()
    const running = ran({ command: stubborn(file), killAfter: 300, context: { signal: controller.signal } })
    const pids = await pidsIn(file, 2)
    expect(pids.filter(isRunning)).toEqual(pids)
    const reason = new Error('cancelled')
    controller.abort(reason)
    expect((await running).error).toBe(reason)
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('are asked to end before they are made to', async () => {
    const file = join(folder, 'asked')
    const controller = new AbortController()
    const running = ran({
      command: program(`
        process.once('SIGTERM', () => { console.log('cleans up'); setTimeout(() => process.exit(0), 50) })
        writeFileSync(${JSON.stringify(file)}, String(process.pid))
        await sleep(60_000)
      `),
      killAfter: '20 seconds',
      context: { signal: controller.signal },
    })
    await pidsIn(file, 1)
    controller.abort(new Error('cancelled'))
    expect((await running).written).toEqual(['stdout cleans up'])
  })

  it('start only where the step is not cancelled already', async () => {
    const { error, written } = await ran({ command: sh('echo started'), context: { signal: AbortSignal.abort(new Error('before')) } })
    expect(error).toEqual(new Error('before'))
    expect(written).toEqual([])
  })

  it('are gone when it has ended, also what it left running', async () => {
    const file = join(folder, 'left')
    const { result } = await ran({ command: sh(`sleep 60 & echo $! > ${file}`) })
    expect(result).toBeDefined()
    expect((await pidsIn(file, 1)).filter(isRunning)).toEqual([])
  })

  it('are gone when the process that started it is killed', async () => {
    const file = join(folder, 'orphaned')
    const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))
    const script = `
      import { buildAssetContext } from ${source('../../testing/asset-context.ts')}
      import { pipes } from ${source('./pipes.ts')}
      await pipes(buildAssetContext(), { command: ${JSON.stringify(stubborn(file))}, killAfter: 1 })
    `
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    createInterface({ input: owner.stderr }).on('line', (line) => console.error(line))
    const pids = await pidsIn(file, 2)
    expect(pids.filter(isRunning)).toEqual(pids)
    owner.kill('SIGKILL')
    await gone(...pids)
  })
})
