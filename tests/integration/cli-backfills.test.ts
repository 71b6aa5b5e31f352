import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackfillDetail, BackfillFailure, BackfillPage, RunPage } from '../../client/index.ts'
import { freePort } from '../../temporal/free-port.ts'
import { command, type CommandEnd, startCommand, testProject, type TestProject } from '../command.ts'
import { DevServer, until } from '../dev-server.ts'

/** A partition fails while there is a file of its name; `slow` waits while there is one called `closed`. */
const definitionsText = `import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asset, assetJob, dailyPartitions, definitions } from 'assetry'

const days = dailyPartitions({ start: '2024-01-01', end: '2024-03-01' })
const there = (name: string): boolean => existsSync(join(import.meta.dirname, name))

const orders = asset({
  key: 'orders',
  partitions: days,
  materialize: (_inputs, { partitionKey }) => {
    if (there(partitionKey)) throw new Error('no orders on ' + partitionKey)
    return partitionKey
  },
})
const report = asset({ key: 'report', partitions: days, inputs: { orders }, materialize: ({ orders }) => orders.length })
const slow = asset({
  key: 'slow',
  partitions: days,
  materialize: async (_inputs, { signal }) => {
    while (there('closed') && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20))
    signal.throwIfAborted()
  },
})
const whole = asset({ key: 'whole', materialize: () => 1 })
const jobs = [
  assetJob({ name: 'days', selection: 'orders or report' }),
  assetJob({ name: 'slowly', selection: 'slow' }),
  assetJob({ name: 'whole', selection: 'whole' }),
]
export default definitions({ assets: [orders, report, slow, whole], jobs })
`

let project: TestProject
beforeAll(() => {
  project = testProject({ 'definitions.ts': definitionsText })
})
afterAll(() => project.remove())

const flat = ({ stderr }: CommandEnd): string => stderr.replaceAll(/\s+/g, ' ')
const write = (name: string): void => writeFileSync(join(project.folder, name), '')
const remove = (name: string): void => rmSync(join(project.folder, name), { force: true })

describe('assetry job backfill, without a server', () => {
  it.each([
    ['says of no partitions', [], 'USAGE', '--from KEY --to KEY'],
    ['says of them in two ways', ['--all', '--from', '2024-01-01', '--to', '2024-01-02'], 'USAGE', 'in one way'],
    ['has one end of a range', ['--from', '2024-01-01'], 'USAGE', '--from needs --to'],
    ['names no partition', ['--from', '2024-01-32', '--to', '2024-02-02'], 'PARTITION_UNKNOWN', 'Nearest: "2024-02-01"'],
    ['has a range that is turned around', ['--from', '2024-01-02', '--to', '2024-01-01'], 'PARTITION_UNKNOWN', 'Turn it around'],
    ['has too many steps at a time', ['--all', '--concurrency', '5000'], 'USAGE', 'from 1 to 2000'],
    ['has an unknown priority', ['--all', '--priority', '9'], 'USAGE', 'from 1, the most urgent, to 5'],
    ['is detached', ['--all', '--detach'], 'USAGE', 'needs a running server'],
  ])('is refused where it %s, before anything is booted', async (_what, args, code, text) => {
    const end = await command(['job', 'backfill', '-j', 'days', ...args], project)
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, `error ${code}`])
    expect(flat(end)).toContain(text)
    expect(end.stderr).not.toContain('booting')
  })

  it('is refused of assets without partitions', async () => {
    const end = await command(['job', 'backfill', '-j', 'whole', '--all'], project)
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, 'error NOT_PARTITIONED'])
  })

  it.each([
    ['with --partition', ['--partition', '2024-01-01'], "don't go together"],
    ['with --in-process', ['--in-process'], 'a range is made by a backfill'],
  ])('refuses a range %s', async (_what, args, text) => {
    const end = await command(['asset', 'materialize', '-s', 'orders', '--partition-range', '2024-01-01...2024-01-03', ...args], project)
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, 'error USAGE'])
    expect(flat(end)).toContain(text)
  })

  it('boots one, makes all partitions, and says what failed', async () => {
    write('2024-02-02')
    write('2024-02-03')
    const end = await command(['job', 'backfill', '-j', 'days', '--all'], project)
    expect(end.code, end.stderr).toBe(1)
    expect(end.stdout.split('\n').map((line) => line.split(/ +/))).toEqual([
      ['ASSET', 'PARTITIONS', 'MADE', 'FAILED', 'SKIPPED'],
      ['orders', '60', '58', '2'],
      ['report', '60', '58', '2'],
      [''],
    ])
    expect(end.stderr).toContain('✗ orders  2 × Error: no orders on …\n    2024-02-02, 2024-02-03\n')
    expect(end.stderr).toContain('○ report  2 × left out, because orders failed\n')
    expect(end.stderr).toContain('FAILURE  116 of 120 partitions materialized, 2 failed, 2 skipped')
    expect(end.stderr).toMatch(/assetry dev, then: assetry backfill retry \w{8}/)
  })

  it('makes a range of a selection', async () => {
    remove('2024-02-02')
    remove('2024-02-03')
    const range = '2024-02-01...2024-02-05'
    const end = await command(['asset', 'materialize', '-s', 'orders or report', '--partition-range', range, '--json'], project)
    expect(end.code, end.stderr).toBe(0)
    expect(JSON.parse(end.stdout)).toMatchObject({ status: 'SUCCESS', totals: { targeted: 10, materialized: 10 }, failures: [] })
  })

  it('leaves what Ctrl-C stops to the next boot, which resumes it', async () => {
    write('closed')
    const first = startCommand(['job', 'backfill', '-j', 'slowly', '--all'], project)
    await first.wrote('Backfill ')
    first.process.kill('SIGINT')
    const stopped = await first.ended
    expect(stopped.code, stopped.stderr).toBe(130)
    const [, id] = /Backfill (\w{8}) is kept/.exec(flat(stopped)) ?? []
    remove('closed')
    const second = await command(['asset', 'materialize', '-s', 'whole'], project)
    expect(second.code, second.stderr).toBe(0)
    expect(second.stderr).toContain(`Resumed 1 backfill of an earlier boot: ${id}`)
    expect(second.stderr).toContain(`Backfill ${id} ended as SUCCESS.`)
  })
})

describe('backfills of a running server', () => {
  let server: DevServer
  beforeAll(async () => {
    server = new DevServer({
      definitionsFile: join(project.folder, 'definitions.ts'),
      home: join(project.folder, '.assetry'),
      port: await freePort(),
    })
    await server.printed('Ctrl-C stops it')
  })
  afterAll(() => server.stop())

  const json = async <TDocument>(...args: readonly string[]): Promise<TDocument> => {
    const end = await command([...args, '--json'], project)
    expect(end.code, end.stderr).toBe(0)
    return JSON.parse(end.stdout) as TDocument
  }

  it('are started detached, shown, listed, and retried', async () => {
    write('2024-01-02')
    const args = ['--partition', '2024-01-01', '--partition', '2024-01-02', '--tag', 'reason=test', '--concurrency', '7', '--priority', '2']
    const started = await command(['job', 'backfill', '-j', 'days', ...args, '--detach'], project)
    expect(started.code, started.stderr).toBe(0)
    const id = started.stdout.trim()
    const short = id.slice(0, 8)
    expect(await server.client.backfills.wait(id)).toMatchObject({
      status: 'FAILURE',
      tags: { reason: 'test' },
      concurrency: 7,
      priority: 2,
    })

    const shown = await command(['backfill', 'show', short], project)
    expect(shown.code, shown.stderr).toBe(0)
    expect(shown.stdout).toContain('FAILURE  2 of 4 partitions materialized, 1 failed, 1 skipped')
    expect(shown.stdout).toContain('✗ orders  1 × Error: no orders on …\n    2024-01-02\n')
    expect(shown.stdout).toMatch(/of +2024-01-01...2024-01-02/)
    const { failures } = await json<BackfillDetail & { failures: BackfillFailure[] }>('backfill', 'show', id)
    expect(failures.map(({ partitionKey, kind }) => [partitionKey, kind])).toEqual([
      ['2024-01-02', 'FAILED'],
      ['2024-01-02', 'SKIPPED'],
    ])

    const runs = await json<RunPage>('run', 'list', '--backfill', short)
    expect(runs.items.map(({ backfillId }) => backfillId)).toEqual(runs.items.map(() => id))
    expect((await command(['run', 'list'], project)).stdout).toMatch(/job days +2024-01-01...2024-01-02/)
    const run = await command(['run', 'show', runs.items[0]?.runId ?? ''], project)
    expect(run.stdout).toMatch(new RegExp(`backfill +${id}`))
    expect(run.stdout).toMatch(/partitions +2024-01-01...2024-01-02/)
    expect(run.stdout).not.toContain('WAITING')

    remove('2024-01-02')
    const retried = await command(['backfill', 'retry', short], project)
    expect(retried.stderr).toContain(`Backfill ${short} is`)
    expect((await server.client.backfills.wait(id)).status).toBe('SUCCESS')
    const again = await command(['backfill', 'retry', short], project)
    expect([again.code, flat(again)]).toEqual([0, expect.stringContaining('was left out')])
    const list = await command(['backfill', 'list', '--status', 'success'], project)
    expect(list.stdout).toMatch(new RegExp(`${short}  SUCCESS  job days +4 / 4`))
  })

  it('are paused, resumed and cancelled; followed ones say so', async () => {
    write('closed')
    const following = startCommand(['job', 'backfill', '-j', 'slowly', '--all', '--concurrency', '2'], project)
    await following.wrote('Backfill ')
    const [backfill] = (await json<BackfillPage>('backfill', 'list', '--status', 'queued,started')).items
    const id = backfill?.backfillId ?? ''
    await until(async () => (await server.client.backfills.get(id)).totals.inProgress > 0 || undefined)
    expect((await command(['backfill', 'pause', id], project)).stderr).toContain('is PAUSED now')
    await following.wrote('PAUSED · 0 of 60 · assetry backfill resume')
    expect(await json('backfill', 'resume', id)).toEqual({ backfillId: id, status: 'STARTED' })
    expect((await command(['backfill', 'cancel', id.slice(0, 8)], project)).stderr).toContain('is CANCELING now')
    const ended = await following.ended
    expect(ended.code, ended.stderr).toBe(1)
    expect(ended.stderr).toContain('CANCELED  0 of 60 partitions materialized')
    remove('closed')
    for (const action of ['pause', 'resume', 'cancel']) {
      const end = await command(['backfill', action, id], project)
      expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, 'error BACKFILL_ENDED'])
    }
  })

  it('go on after Ctrl-C, and are given up waiting for after a while', async () => {
    write('closed')
    const following = startCommand(['job', 'backfill', '-j', 'slowly', '--all'], project)
    await following.wrote('Backfill ')
    following.process.kill('SIGINT')
    const detached = await following.ended
    expect(detached.code).toBe(130)
    expect(detached.stderr).toContain('Detached. The backfill goes on')
    const [, id = ''] = /Backfill (\w{8}) of/.exec(detached.stderr) ?? []
    expect((await json<BackfillDetail>('backfill', 'show', id)).endedAt).toBeNull()

    const waiting = await command(['job', 'backfill', '-j', 'slowly', '--all', '--timeout', '1s'], project)
    expect([waiting.code, waiting.stderr.includes('WAIT_TIMED_OUT')]).toEqual([124, true])
    remove('closed')
    for (const { backfillId } of (await server.client.backfills.list()).items) {
      expect((await server.client.backfills.wait(backfillId)).endedAt).not.toBeNull()
    }
  })

  it.each([
    ['abc', 'at least 4 characters'],
    ['ffffffff', 'assetry backfill list'],
  ])('are not known by %j', async (id, text) => {
    const end = await command(['backfill', 'show', id], project)
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, 'error UNKNOWN_BACKFILL'])
    expect(flat(end)).toContain(text)
  })
})
