import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunDetail } from '../../client/index.ts'
import { command, testProject, type TestProject } from '../command.ts'

const definitionsText = `import { asset, assetJob, dailyPartitions, definitions } from 'assetry'

const orders = asset({
  key: 'orders',
  partitions: dailyPartitions({ start: '2026-01-01', end: '2026-02-01' }),
  materialize: (_inputs, { partitionKey }) => partitionKey,
})
export default definitions({ assets: [orders], jobs: [assetJob({ name: 'nightly', selection: 'orders' })] })
`

let project: TestProject
beforeAll(() => {
  project = testProject({ 'definitions.ts': definitionsText })
})
afterAll(() => project.remove())

function stored(): readonly string[] {
  return readdirSync(join(project.folder, '.assetry/storage/orders')).toSorted()
}

describe('--partition', () => {
  it('makes one partition durably, in a job, too, and in this process; each is stored by itself', async () => {
    const [one, two, three] = [
      await command(['asset', 'materialize', '-s', 'orders', '--partition', '2026-01-30', '--json'], project),
      await command(['job', 'execute', '-j', 'nightly', '--partition', '2026-01-31', '--json'], project),
      await command(['asset', 'materialize', '-s', 'orders', '--partition', '2026-01-01', '--in-process', '--json'], project),
    ]
    expect([one.code, two.code, three.code], one.stderr + two.stderr + three.stderr).toEqual([0, 0, 0])
    expect(JSON.parse(one.stdout) as RunDetail).toMatchObject({ status: 'SUCCESS', partitionKey: '2026-01-30' })
    expect(JSON.parse(two.stdout) as RunDetail).toMatchObject({ status: 'SUCCESS', partitionKey: '2026-01-31', jobName: 'nightly' })
    expect(stored()).toEqual(['2026-01-01.v8', '2026-01-30.v8', '2026-01-31.v8'])
  })

  it.each([
    ['is missed', ['asset', 'materialize', '-s', 'orders'], 'PARTITION_REQUIRED', '"2026-01-31": --partition'],
    ['is missed in a job', ['job', 'execute', '-j', 'nightly'], 'PARTITION_REQUIRED', '--partition'],
    ['is no partition', ['job', 'execute', '-j', 'nightly', '--partition', '2026-02-01'], 'PARTITION_UNKNOWN', 'Nearest: "2026-01-31"'],
  ])('is told of where it %s, before anything is booted', async (_what, args, code, text) => {
    const end = await command(args, project)
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, `error ${code}`])
    expect(end.stderr.replaceAll(/\s+/g, ' ')).toContain(text)
    expect(end.stderr).not.toContain('booting')
  })
})
