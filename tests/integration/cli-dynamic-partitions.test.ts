import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../temporal/free-port.ts'
import { command, type CommandEnd, testProject, type TestProject } from '../command.ts'
import { DevServer } from '../dev-server.ts'

const definitionsText = `import { asset, dailyPartitions, definitions, dynamicPartitions, multiPartitions } from 'assetry'

const customers = dynamicPartitions('customers')
const days = dailyPartitions({ start: '2026-01-01', end: '2026-02-01' })
const invoices = asset({ key: 'invoices', partitions: customers, materialize: (_inputs, { partitionKey }) => partitionKey })
const visits = asset({
  key: 'visits',
  partitions: multiPartitions({ date: days, customer: customers }),
  materialize: (_inputs, { partitionDimensions }) => partitionDimensions,
})
export default definitions({ assets: [invoices, visits] })
`

let project: TestProject
let home: string
let server: DevServer

beforeAll(async () => {
  project = testProject({ 'definitions.ts': definitionsText })
  home = mkdtempSync(join(tmpdir(), 'assetry-cli-partitions-'))
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

describe('assetry partition', () => {
  it('lists what there is, and says how to begin', async () => {
    const [names, keys] = [await assetry('partition', 'list'), await assetry('partition', 'list', 'customers')]
    expect([names.code, names.stdout]).toEqual([0, 'NAME       PARTITIONS  ASSETS\ncustomers           0  invoices, visits\n'])
    expect([keys.code, keys.stdout, flat(keys.stderr)]).toEqual([
      0,
      '',
      '"customers" has no partitions yet. "assetry partition add customers KEY" adds one. ',
    ])
  })

  it('adds, lists and removes', async () => {
    const first = await assetry('partition', 'add', 'customers', 'zeta', 'acme')
    const second = await assetry('partition', 'add', 'customers', 'acme', 'gone', '--json')
    const third = await assetry('partition', 'add', 'customers', 'acme')
    expect([first.code, flat(first.stderr)]).toEqual([0, 'Added to "customers": "zeta" and "acme". '])
    expect(JSON.parse(second.stdout)).toEqual({ name: 'customers', added: ['gone'] })
    expect([third.code, flat(third.stderr)]).toEqual([0, '"customers" has "acme" already. '])
    const removed = await assetry('partition', 'remove', 'customers', 'gone', '--json')
    expect([removed.code, JSON.parse(removed.stdout)]).toEqual([0, { name: 'customers', removed: ['gone'] }])
    const listed = await assetry('partition', 'list', 'customers')
    expect(listed.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['PARTITION', 'acme', 'zeta', ''])
    const page = JSON.parse((await assetry('partition', 'list', 'customers', '--json', '-n', '1')).stdout) as object
    expect(page).toMatchObject({ items: [{ key: 'acme' }], nextCursor: expect.any(String) as string })
  })

  it('makes what was added, durably; in this process nobody knows the keys', async () => {
    const made = await assetry('asset', 'materialize', '-s', 'visits', '--partition', 'acme|2026-01-31', '--json')
    expect([made.code, JSON.parse(made.stdout)], made.stderr).toMatchObject([0, { status: 'SUCCESS', partitionKey: 'acme|2026-01-31' }])
    expect(readdirSync(join(home, 'storage/visits'))).toEqual(['acme%7C2026-01-31.v8'])
    const inProcess = await assetry('asset', 'materialize', '-s', 'invoices', '--partition', 'acme', '--in-process')
    expect([inProcess.code, inProcess.stderr.split('\n')[0]]).toEqual([2, 'error DYNAMIC_KEYS_MISSING'])
    expect(flat(inProcess.stderr)).toContain('On the command line leave --in-process away.')
  })

  it.each([
    [['list', 'custmers'], 'DYNAMIC_PARTITIONS_UNKNOWN', 'Did you mean "customers"?'],
    [['remove', 'customers', 'akme'], 'PARTITION_UNKNOWN', 'Nearest: "acme"'],
    [['add', 'customers', 'a|b'], 'PARTITION_KEY_INVALID', '"a|b"'],
    [['add', 'customers'], 'USAGE', 'key'],
  ])('refuses %j', async (args, code, text) => {
    const end = await assetry('partition', ...args)
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([2, `error ${code}`])
    expect(flat(end.stderr)).toContain(text)
  })
})
