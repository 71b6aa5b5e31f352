import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunDetail } from '../../client/index.ts'
import { freePort } from '../../temporal/free-port.ts'
import { command, type CommandEnd, startCommand, testProject, type TestProject } from '../command.ts'
import { DevServer, until } from '../dev-server.ts'

const definitionsText = `import { asset, assetJob, definitions, Failure, output } from 'assetry'

const rawData = asset({
  key: 'raw_data',
  materialize: (_, { log }) => {
    log.info('reading', { from: 'nowhere' }), console.warn('nothing %s', 'there')
    return output([1, 2, 3], { metadata: { rows: 3, source: 'nowhere' } })
  },
})
const report = asset({ key: 'report', group: 'reports', inputs: { rawData }, materialize: ({ rawData }) => rawData.length })
const broken = asset({
  key: 'broken',
  materialize: () => {
    throw new TypeError('no column "price"')
  },
})
const after = asset({ key: 'after', deps: [broken], materialize: () => 1 })
const damaged = asset({
  key: 'damaged',
  materialize: () => {
    throw new Failure('the file is damaged', { retryable: false, metadata: { file: 'orders.csv', line: 7 } })
  },
})
const slow = asset({
  key: 'slow',
  materialize: (_, { signal }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, 60_000)
      signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)))
    }),
})
export default definitions({ assets: [rawData, report, broken, after, damaged, slow], jobs: [assetJob({ name: 'reports', selection: '+report' })] })
`

let project: TestProject
let home: string
let server: DevServer

beforeAll(async () => {
  const other = "import { definitions } from 'assetry'\nexport default definitions({ assets: [] })\n"
  project = testProject({ 'definitions.ts': definitionsText, 'other.ts': other })
  home = mkdtempSync(join(tmpdir(), 'assetry-cli-runs-'))
  server = new DevServer({ definitionsFile: join(project.folder, 'definitions.ts'), home, port: await freePort() })
  await server.printed('ready in')
})
afterAll(async () => {
  await server.stop()
  project.remove()
  rmSync(home, { recursive: true, force: true })
})

function assetry(...args: readonly string[]): Promise<CommandEnd> {
  return command(args, { folder: project.folder, env: { ASSETRY_HOME: home } })
}

const flat = (text: string): string => text.replace(/\s+/g, ' ')

describe('on the running dev server of the project', () => {
  it('shows what a Failure says of itself, at the end of the run and when it is looked at', async () => {
    const end = await assetry('asset', 'materialize', '-s', 'damaged')
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('  Failure: the file is damaged\n    file: orders.csv\n    line: 7\n')
    const [, runId = ''] = /Run ([\da-f]+) of/.exec(end.stderr) ?? []
    expect((await assetry('run', 'show', runId)).stdout).toContain('    file: orders.csv\n    line: 7\n')
    expect((await assetry('run', 'logs', runId)).stdout).toMatch(/Failure: the file is damaged\n.*\n +file: orders.csv\n +line: 7\n/)
  })

  it('refuses a second server of the project, and says where the first one is', async () => {
    const end = await assetry('dev', '-p', String(await freePort()))
    expect(end.code).toBe(4)
    expect(end.stderr.split('\n')[0]).toBe('error STORE_LOCKED')
    expect(flat(end.stderr)).toContain(`assetry already serves this project at ${(await server.state()).url} (process`)
  })

  it('refuses a file that the server does not serve, where it would run what stands in another', async () => {
    for (const args of [
      ['asset', 'materialize', '-s', '*'],
      ['job', 'execute', '-j', 'reports'],
      ['asset', 'list'],
      ['job', 'list'],
    ]) {
      const end = await assetry(...args, '-f', 'other.ts')
      expect([end.code, end.stdout]).toEqual([2, ''])
      expect(flat(end.stderr)).toContain(
        `-f names other.ts, but the server of this project, ${(await server.state()).url}, serves definitions.ts.`,
      )
    }
    expect((await assetry('asset', 'list', '-f', 'definitions.ts')).code).toBe(0)
  })

  it('materializes: a line for each step, a table, and where to look', async () => {
    const end = await assetry('asset', 'materialize', '--select', '+report', '--tag', 'team=weather')
    expect(end.code).toBe(0)
    expect(end.stderr).toMatch(/✓ raw_data +SUCCESS +\d+ m?s +3 rows {2}source: nowhere/)
    expect(end.stderr).toContain('SUCCESS  2 of 2 materialized')
    expect(end.stderr).toMatch(/api +http:\/\/127\.0\.0\.1:\d+\/api\/v1\/runs\/\S+\ntemporal +http:\/\//)
    const [title, ...rows] = end.stdout.trimEnd().split('\n')
    expect(title).toMatch(/^ASSET +STATUS +TIME +ROWS +METADATA$/)
    expect(rows.map((row) => row.split(/ +/).slice(0, 2))).toEqual([
      ['raw_data', 'SUCCESS'],
      ['report', 'SUCCESS'],
    ])
    const { items } = await server.client.runs.list({ tags: { team: 'weather' } })
    expect(items).toHaveLength(1)
  })

  it('says which asset failed, why and in which line, and what was skipped for it', async () => {
    const end = await assetry('asset', 'materialize', '--select', 'broken or after')
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('✗ broken failed\n  TypeError: no column "price"\n  at definitions.ts:14:11\n')
    expect(end.stdout).toMatch(/after +SKIPPED.*because broken failed/)
    expect((await assetry('asset', 'list')).stdout).toMatch(/^broken .*FAILED .*DEGRADED/m)
  })

  it('prints one document on stdout with --json, the same as the API’s', async () => {
    const end = await assetry('job', 'execute', '-j', 'reports', '--json')
    expect(end.code).toBe(0)
    const printed = JSON.parse(end.stdout) as RunDetail
    expect(printed).toEqual(await server.client.runs.get(printed.runId))
    expect(printed).toMatchObject({ status: 'SUCCESS', jobName: 'reports' })
  })

  it('lists assets with their latest status', async () => {
    await assetry('asset', 'materialize', '--select', '+report or broken')
    const { stdout } = await assetry('asset', 'list', '--json')
    const { items } = JSON.parse(stdout) as { items: { key: string; latest: { status: string } }[] }
    expect(items.map((asset) => [asset.key, asset.latest.status])).toEqual([
      ['after', 'NEVER_MATERIALIZED'],
      ['broken', 'FAILED'],
      ['damaged', 'FAILED'],
      ['raw_data', 'MATERIALIZED'],
      ['report', 'MATERIALIZED'],
      ['slow', 'NEVER_MATERIALIZED'],
    ])
    expect((await assetry('asset', 'list', '--select', 'group:reports')).stdout).toMatch(/^ASSET.*\nreport .*MATERIALIZED.*\n$/)
  })

  it('lists, shows and logs runs, which can be named by the beginning of their id', async () => {
    const started = await assetry('asset', 'materialize', '--select', 'raw_data', '--detach')
    const runId = started.stdout.trim()
    const followed = await assetry('run', 'logs', runId.slice(0, 8), '--follow')
    expect(followed.stdout).toMatch(/info +raw_data {2}reading {2}\{"from":"nowhere"\}/)
    expect(followed.stdout).toMatch(/warn console +raw_data {2}nothing there\n/)
    expect(server.output).toContain('│ nothing there\n')
    expect(followed.stdout.trimEnd().split('\n').at(-1)).toContain('RUN_SUCCESS')
    const listed = JSON.parse((await assetry('run', 'list', '--json', '-n', '1')).stdout) as { items: { runId: string }[] }
    expect(listed.items.map((run) => run.runId)).toEqual([runId])
    const shown = await assetry('run', 'show', runId.slice(0, 8))
    expect(shown.stdout).toMatch(/^SUCCESS {2}1 of 1 materialized/)
    expect(shown.stdout).toContain(runId)
    const events = (await assetry('run', 'logs', runId, '--json')).stdout.trimEnd().split('\n')
    expect(events.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(events.map((_, index) => index + 1))
  })

  it('refuses with the exit code that the server’s answer means, and starts nothing', async () => {
    const before = (await server.client.runs.list()).items.length
    const refusals = [
      [['asset', 'materialize', '-s', 'raw_dta'], 2, 'error UNKNOWN_ASSET There is no asset "raw_dta". Did you mean "raw_data"?'],
      [['job', 'execute', '-j', 'report'], 2, 'error UNKNOWN_JOB There is no job "report". Did you mean "reports"?'],
      [['asset', 'materialize', '-s', 'report', '--config', '{"assets":{"report":{"a":1}}}'], 2, 'error CONFIG_INVALID'],
      [['run', 'show', 'ffffffff'], 2, 'error UNKNOWN_RUN'],
      [['run', 'cancel', '00000000-0000-4000-8000-000000000000'], 2, 'error UNKNOWN_RUN'],
    ] as const
    for (const [args, exitCode, text] of refusals) {
      const end = await assetry(...args)
      expect([end.code, end.stdout]).toEqual([exitCode, ''])
      expect(flat(end.stderr)).toContain(text)
    }
    expect((await server.client.runs.list()).items).toHaveLength(before)
  })

  it('waits no longer than --timeout, ends with 124, and leaves the run to be cancelled', async () => {
    const end = await assetry('asset', 'materialize', '--select', 'slow', '--timeout', '1s')
    expect([end.code, end.stderr.includes('error WAIT_TIMED_OUT')]).toEqual([124, true])
    const [run] = (await server.client.runs.list({ asset: 'slow' })).items
    expect(run?.endedAt).toBeNull()
    const canceled = await assetry('run', 'cancel', run?.runId ?? '')
    expect(canceled.code).toBe(0)
    expect((await server.client.runs.wait(run?.runId ?? '')).status).toBe('CANCELED')
  })

  it('detaches at the first Ctrl-C and cancels the run at the second', async () => {
    const running = startCommand(['asset', 'materialize', '--select', 'slow'], { folder: project.folder, env: { ASSETRY_HOME: home } })
    await running.wrote('Run ')
    running.process.kill('SIGINT')
    await running.wrote('Ctrl-C again cancels it')
    running.process.kill('SIGINT')
    const end = await running.ended
    expect(end.code).toBe(130)
    const [run] = (await server.client.runs.list({ asset: 'slow' })).items
    expect((await server.client.runs.wait(run?.runId ?? '')).status).toBe('CANCELED')
  })

  it('leaves the run alone where one Ctrl-C is all', async () => {
    const running = startCommand(['asset', 'materialize', '--select', 'slow'], { folder: project.folder, env: { ASSETRY_HOME: home } })
    await running.wrote('Run ')
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    const [run] = (await server.client.runs.list({ asset: 'slow' })).items
    expect(run?.endedAt).toBeNull()
    await server.client.runs.cancel(run?.runId ?? '')
  })

  it('tells in dev what ran and why it failed', async () => {
    await assetry('asset', 'materialize', '--select', 'broken')
    await server.printed('  broken  FAILURE')
    const told = server.output.indexOf('  broken  FAILURE')
    const line = await until(
      () => /broken {2}TypeError: no column "price"\s+\(\S*definitions\.ts:14:11\)/.exec(server.output.slice(told))?.[0],
    )
    expect(line).toContain('TypeError')
  })
})
