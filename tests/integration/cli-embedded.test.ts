import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunDetail } from '../../client/index.ts'
import { command, startCommand, testProject, type TestProject } from '../command.ts'

const definitionsText = `import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { asset, definitions, output } from 'assetry'

const quick = asset({ key: 'quick', materialize: () => output('x', { metadata: { rows: 1 } }) })
const rest = ['one', 'two', 'three'].map((name) =>
  asset({
    key: name,
    deps: [quick],
    materialize: async (_, { signal }) => {
      await wait(name === 'one' ? 0 : 12_000, undefined, { signal })
      appendFileSync('executions.txt', name + '\\n')
      return name
    },
  }),
)
export default definitions({ assets: [quick, ...rest] })
`

const failingText = `import { asset, definitions } from 'assetry'
console.log('imported')
const broken = asset({
  key: 'broken',
  materialize: () => {
    process.stdout.write('made\\n')
    throw new TypeError('no column "price"')
  },
})
export default definitions({ assets: [broken] })
`

const checkedText = `import { asset, assetCheck, definitions, observableAsset, output } from 'assetry'
const orders = asset({ key: 'orders', materialize: () => 1 })
const many = assetCheck({ name: 'many', asset: orders, check: () => ({ passed: false, severity: 'WARN', description: 'too few' }) })
const own = asset({ key: 'own', checks: { sound: { blocking: true } }, materialize: () => output(1, { checks: { sound: false } }) })
const feed = observableAsset({ key: 'feed', observe: () => 'v7' })
export default definitions({ assets: [orders, own, feed], assetChecks: [many] })
`

let project: TestProject
beforeEach(() => {
  project = testProject({ 'definitions.ts': definitionsText })
})
afterEach(() => project.remove())

describe('without a server', () => {
  it('boots the stack for as long as the run takes, and leaves the values and the history in .assetry', async () => {
    const end = await command(['asset', 'materialize', '-s', 'quick', '--json'], project)
    expect(end.code).toBe(0)
    expect(end.stderr).toContain('No server runs for this project: booting one for as long as this takes.')
    expect(JSON.parse(end.stdout) as RunDetail).toMatchObject({ status: 'SUCCESS', assetKeys: ['quick'] })
    expect(existsSync(join(project.folder, '.assetry/storage/quick'))).toBe(true)
    const after = await command(['run', 'list'], project)
    expect([after.code, after.stderr.split('\n')[0]]).toEqual([4, 'error SERVER_UNREACHABLE'])
  })

  it('keeps an interrupted run, and brings it to its end at the next boot', async () => {
    const interrupted = startCommand(['asset', 'materialize', '-s', '*'], project)
    await interrupted.wrote('✓ one ')
    interrupted.process.kill('SIGINT')
    const first = await interrupted.ended
    expect(first.code).toBe(130)
    const [, runId = ''] = /Run ([\da-f]{8}) is kept and goes on at the next boot/.exec(first.stderr.replace(/\s+/g, ' ')) ?? []
    expect(runId).not.toBe('')

    const second = await command(['asset', 'materialize', '-s', 'quick'], project)
    expect(second.code).toBe(0)
    expect(second.stderr).toContain(`Resumed 1 run of an earlier boot: ${runId}`)
    expect(second.stderr).toContain(`Run ${runId} ended as SUCCESS.`)
    expect(readFileSync(join(project.folder, 'executions.txt'), 'utf8').trim().split('\n').sort()).toEqual(['one', 'three', 'two'])
  })
})

describe('--in-process', () => {
  it('materializes without a stack', async () => {
    const end = await command(['asset', 'materialize', '-s', 'one or quick', '--in-process'], project)
    expect(end.code).toBe(0)
    expect(end.stdout).toMatch(/^ASSET +STATUS +ROWS +METADATA\nquick +SUCCESS +1 .*\none +SUCCESS .*\n$/)
    expect(existsSync(join(project.folder, '.assetry/storage/quick'))).toBe(true)
    expect(existsSync(join(project.folder, '.assetry/store'))).toBe(false)
  })

  it('tells what checks found and what was looked at, as a durable run does', async () => {
    project.write('checked.ts', checkedText)
    const end = await command(['asset', 'materialize', '-s', '*', '--in-process', '-f', 'checked.ts'], project)
    expect(end.stdout.replace(/ +/g, ' ').trim().split('\n')).toEqual([
      'STEP STATUS METADATA',
      'own FAILURE',
      'feed SUCCESS version v7',
      'orders SUCCESS 12 B',
      'own:sound FAILED',
      'orders:many WARN too few',
    ])
    expect(end.stderr).toContain('2 assets materialized, 1 failed, 0 skipped, 2 checks not passed in')
    expect(end.code).toBe(1)
    const { stdout } = await command(['asset', 'materialize', '-s', 'orders', '--in-process', '--json', '-f', 'checked.ts'], project)
    expect(JSON.parse(stdout)).toMatchObject({ success: true, checks: [{ assetKey: 'orders', checkName: 'many', passed: false }] })
    const validated = await command(['definitions', 'validate', '-f', 'checked.ts'], project)
    expect(validated.stdout).toBe('✓ checked.ts is valid: 3 assets in 1 group, 2 checks, 0 jobs, 0 resources\n')
  })

  it('tells what user code threw as a durable run does: the error and the line, and nothing of ours', async () => {
    project.write('failing.ts', failingText)
    const end = await command(['asset', 'materialize', '-s', 'broken', '--in-process', '-f', 'failing.ts'], project)
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('✗ broken failed\n  TypeError: no column "price"\n  at failing.ts:7:11\n')
    expect(end.stderr).not.toMatch(/INTERNAL|^ +at .*assetry/m)
  })

  it('keeps what user code prints out of the JSON', async () => {
    project.write('failing.ts', failingText)
    const inProcess = await command(['asset', 'materialize', '-s', '*', '--in-process', '--json', '-f', 'failing.ts'], project)
    expect(JSON.parse(inProcess.stdout)).toMatchObject({ success: false, failures: [{ assetKey: 'broken', error: { name: 'TypeError' } }] })
    expect(inProcess.stderr).toMatch(/^imported$[^]*^made$/m)
    for (const args of [
      ['asset', 'list'],
      ['job', 'list'],
      ['definitions', 'validate'],
    ]) {
      const end = await command([...args, '--json', '-f', 'failing.ts'], project)
      expect([end.code, end.stderr]).toEqual([0, 'imported\n'])
      expect(JSON.parse(end.stdout)).toBeTypeOf('object')
    }
  })
})
