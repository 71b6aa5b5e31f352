import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../temporal/free-port.ts'
import { command, type CommandEnd, testProject, type TestProject } from '../command.ts'

const valid = `import { asset, assetJob, definitions, env, resource } from 'assetry'
import { z } from 'zod'

const vault = resource({ name: 'vault', config: z.object({ key: z.string() }), create: ({ key }) => key })
const orders = asset({ key: 'orders', config: z.object({ limit: z.number(), since: z.string() }), materialize: (_, { config }) => config.limit })
const customers = asset({ key: 'customers', materialize: () => ['a'] })
const secret = asset({ key: 'secret', resources: { vault }, materialize: () => 1 })
export default definitions({
  assets: [orders, customers, secret],
  jobs: [assetJob({ name: 'nightly', selection: 'customers' })],
  resources: [vault.configure({ key: env('VAULT_KEY') })],
})
`

const files = {
  'definitions.ts': valid,
  'throws.ts': `interface Row {\n  id: number\n}\nconst first = (rows: Row[]): number => {\n  if (rows.length === 0) throw new RangeError('no rows at all')\n  return rows[0]!.id\n}\nexport default first([])\n`,
  'throws-deep.ts': `import { broken } from './lib/broken'\nexport default broken\n`,
  'lib/broken.ts': `const text: string = 'x'\nexport const broken = (text as unknown as { a: { b: number } }).a.b\n`,
  'syntax.ts': `export const a: number = 1\nexport default {\n  x: 1,,\n}\n`,
  'unresolved.ts': `import { a } from 'not-a-package-at-all'\nexport default a\n`,
  'no-default.ts': `import { asset } from 'assetry'\nexport const orders = asset({ key: 'orders', materialize: () => 1 })\nexport const other = 2\n`,
  'other-default.ts': `export default { assets: [] }\n`,
  'bad-key.ts': `import { asset, definitions } from 'assetry'\nconst wrong = asset({ key: 'my orders', materialize: () => 1 })\nexport default definitions({ assets: [wrong] })\n`,
  'bad-config.ts': `import { definitions, resource } from 'assetry'\nimport { z } from 'zod'\nconst vault = resource({ name: 'vault', config: z.object({ key: z.string() }), create: () => 1 })\nexport default definitions({ assets: [], resources: [vault.configure({ key: 5 })] })\n`,
  'no-config.ts': `import { definitions, resource } from 'assetry'\nimport { z } from 'zod'\nconst vault = resource({ name: 'vault', config: z.object({ key: z.string() }), create: () => 1 })\nexport default definitions({ assets: [], resources: [vault] })\n`,
  'bad-selection.ts': `import { asset, assetJob, definitions } from 'assetry'\nconst a = asset({ key: 'a', materialize: () => 1 })\nexport default definitions({ assets: [a], jobs: [assetJob({ name: 'nightly', selection: 'a,b' })] })\n`,
  'invalid.ts': `import { asset, definitions } from 'assetry'
const a = asset({ key: 'a', deps: ['b'], materialize: () => 1 })
const b = asset({ key: 'b', deps: ['c'], materialize: () => 1 })
const c = asset({ key: 'c', deps: ['a'], materialize: () => 1 })
const twice = asset({ key: 'twice', materialize: () => 1 })
const again = asset({ key: 'twice', materialize: () => 2 })
export default definitions({ assets: [a, b, c, twice, again] })
`,
}

let project: TestProject
beforeAll(() => {
  project = testProject(files)
})
afterAll(() => project.remove())

/** Every refusal: the code first, one error only, nothing on stdout, and no stack was booted for it. */
async function refused(
  args: readonly string[],
  exitCode: number,
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandEnd> {
  const end = await command(args, { folder: project.folder, env })
  expect(end.stderr.split('\n')[0]).toBe(`error ${code}`)
  expect(end.stderr.match(/^error /gm)).toHaveLength(1)
  expect([end.code, end.stdout]).toEqual([exitCode, ''])
  expect(existsSync(join(project.folder, '.assetry'))).toBe(false)
  for (const line of end.stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  return end
}

/** Text as one line: where it is wrapped depends on the length of paths. */
const flat = (text: string): string => text.replace(/\s+/g, ' ')

describe('wrong usage ends with 2', () => {
  it.each([
    [['aset', 'list'], "Unknown command 'aset'. Did you mean asset?"],
    [['asset', 'list', '--jsno'], "Unknown option '--jsno'. Did you mean --json?"],
    [['asset', 'materialize'], "Required option '-s, --select <selection>' not specified"],
    [['asset', 'materialize', '-s', '*', '--timeout', 'soon'], 'A duration is written as 90s, 5m or 2h'],
    [['dev', '-p', '70000'], 'A port is a number from 0 to 65535'],
    [['run', 'show'], "Missing required argument 'id'"],
    [['asset', 'materialize', '-s', '*', '--config', 'nowhere.json'], 'names the file "nowhere.json", which is not there'],
    [['asset', 'materialize', '-s', '*', '--detach'], '--detach needs a running server'],
    [['worker'], 'DATABASE_URL is not set'],
    [['api'], 'DATABASE_URL is not set'],
    [['migrate'], 'DATABASE_URL is not set'],
  ])('assetry %j', async (args, text) => {
    const { stderr } = await refused(args, 2, 'USAGE')
    expect(flat(stderr)).toContain(text)
  })

  it('a command that needs another word shows its help', async () => {
    const end = await command(['asset'], { folder: project.folder })
    expect([end.code, end.stdout]).toEqual([2, ''])
    expect(end.stderr).toContain('Usage: assetry asset')
  })
})

describe('what does not fit the definitions ends with 2, before anything is booted', () => {
  it('an unknown asset, with the nearest one', async () => {
    const { stderr } = await refused(['asset', 'materialize', '--select', 'ordrs'], 2, 'UNKNOWN_ASSET')
    expect(stderr).toContain('There is no asset "ordrs". Did you mean "orders"?')
  })

  it('an unknown job, with the nearest one', async () => {
    const { stderr } = await refused(['job', 'execute', '-j', 'nightl'], 2, 'UNKNOWN_JOB')
    expect(stderr).toContain('There is no job "nightl". Did you mean "nightly"?')
  })

  it('a selection that can’t be read, with a mark below the place', async () => {
    const { stderr } = await refused(['asset', 'materialize', '-s', 'orders and and'], 2, 'SELECTION_SYNTAX')
    expect(stderr).toMatch(/\n {4}orders and and\n {15}\^\n/)
  })

  it('a selection of nothing', async () => {
    await refused(['asset', 'materialize', '-s', 'group:default and not *'], 2, 'EMPTY_SELECTION')
  })

  it('wrong config, every path at once', async () => {
    const config = JSON.stringify({ assets: { orders: { limit: 'many' }, nope: {} } })
    const { stderr } = await refused(['asset', 'materialize', '-s', 'orders', '--config', config], 2, 'CONFIG_INVALID')
    for (const path of ['assets.orders.limit', 'assets.orders.since', 'assets.nope']) expect(stderr).toContain(path)
  })

  it('a missing environment variable, by its name', async () => {
    const { stderr } = await refused(['asset', 'materialize', '-s', 'secret'], 2, 'ENV_MISSING')
    expect(stderr).toContain('VAULT_KEY')
  })

  it('a partition of an asset that has none', async () => {
    await refused(['asset', 'materialize', '-s', 'customers', '--partition', '2026-01-01'], 2, 'NOT_PARTITIONED')
  })

  it('the same with --in-process', async () => {
    await refused(['asset', 'materialize', '-s', 'ordrs', '--in-process'], 2, 'UNKNOWN_ASSET')
  })
})

describe('a definitions file that can’t be used ends with 3 and says where', () => {
  it.each([
    ['missing.ts', 'DEFINITIONS_FILE_MISSING', 'missing.ts, which -f missing.ts names'],
    ['throws.ts', 'DEFINITIONS_FILE_THREW', "throws.ts can't be loaded (throws.ts:5:32): RangeError: no rows at all"],
    ['throws-deep.ts', 'DEFINITIONS_FILE_THREW', '(lib/broken.ts:2:'],
    ['syntax.ts', 'DEFINITIONS_FILE_THREW', '(syntax.ts:3:8): SyntaxError'],
    ['unresolved.ts', 'DEFINITIONS_FILE_THREW', 'it imports the module "not-a-package-at-all", which is not there'],
    [
      'no-default.ts',
      'DEFINITIONS_NO_DEFAULT_EXPORT',
      'has no default export, only "orders", "other". End it with: export default definitions(',
    ],
    ['other-default.ts', 'DEFINITIONS_NO_DEFAULT_EXPORT', 'was not made by definitions()'],
    ['bad-key.ts', 'INVALID_ASSET_KEY', 'at bad-key.ts:2:15'],
  ])('%s', async (file, code, text) => {
    const { stderr } = await refused(['definitions', 'validate', '-f', file], 3, code)
    expect(flat(stderr)).toContain(text)
  })

  it('says the same of modules and of packages without "type": "module"', async () => {
    const module = testProject({ ...files, 'package.json': '{"type":"module"}' })
    for (const file of ['throws.ts', 'throws-deep.ts', 'syntax.ts', 'no-default.ts', 'other-default.ts']) {
      const args = ['definitions', 'validate', '-f', file]
      const [one, other] = await Promise.all([command(args, module), command(args, project)])
      expect(one).toEqual(other)
    }
    module.remove()
  })

  it('all findings of definitions at once, with the cycle’s path', async () => {
    const { stderr } = await refused(['definitions', 'validate', '-f', 'invalid.ts'], 3, 'DEFINITIONS_INVALID')
    expect(stderr.match(/^ {4}- /gm)).toHaveLength(2)
    expect(stderr).toMatch(/a.*b.*c.*a/s)
    expect(stderr).toContain('twice')
  })

  it('config that a resource’s schema refuses, and a job’s selection without sense', async () => {
    const { stderr } = await refused(['definitions', 'validate', '-f', 'bad-config.ts'], 3, 'DEFINITIONS_INVALID')
    expect(flat(stderr)).toContain('resources.vault.key:')
    const selection = await refused(['definitions', 'validate', '-f', 'bad-selection.ts'], 3, 'DEFINITIONS_INVALID')
    expect(flat(selection.stderr)).toContain('Job "nightly": The selection can\'t be read at character 2')
  })

  it('only warns of a resource that a run must bring config for', async () => {
    const end = await command(['definitions', 'validate', '-f', 'no-config.ts'], { folder: project.folder })
    expect([end.code, end.stdout]).toEqual([0, '✓ no-config.ts is valid: 0 assets in 0 groups, 0 jobs, 1 resource\n'])
    expect(end.stderr).toMatch(/^warning resources\.vault: needs config and has none/)
  })

  it.each([['asset list'], ['job list'], ['dev -p 0'], ['asset materialize -s *']])('assetry %s refuses it too', async (line) => {
    await refused([...line.split(' '), '-f', 'throws.ts'], 3, 'DEFINITIONS_FILE_THREW')
  })

  it('as one JSON document with --json', async () => {
    const end = await command(['definitions', 'validate', '-f', 'throws.ts', '--json'], { folder: project.folder })
    expect([end.code, end.stdout]).toEqual([3, ''])
    expect(JSON.parse(end.stderr)).toMatchObject({
      error: { code: 'DEFINITIONS_FILE_THREW', location: { file: join(project.folder, 'throws.ts'), line: 5, column: 32 } },
    })
  })
})

describe('what can’t be reached ends with 4', () => {
  let other: Server
  let takenPort: number
  beforeAll(async () => {
    takenPort = await freePort()
    other = createServer().listen(takenPort, '127.0.0.1')
    await once(other, 'listening')
  })
  afterAll(() => other.close())

  it('no server for a command that needs one', async () => {
    const { stderr } = await refused(['run', 'list'], 4, 'SERVER_UNREACHABLE')
    expect(stderr).toContain('assetry dev')
  })

  it('a server that does not answer, by its address', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { stderr } = await refused(['asset', 'list'], 4, 'SERVER_UNREACHABLE', { ASSETRY_URL: url })
    expect(stderr).toContain(url)
  })

  it('a port that is taken, with another to use', async () => {
    const end = await command(['dev', '-p', String(takenPort)], { folder: project.folder })
    expect([end.code, end.stdout]).toEqual([4, ''])
    expect(end.stderr).toContain('error PORT_IN_USE')
    expect(flat(end.stderr)).toMatch(new RegExp(`${takenPort}.*-p \\d+`))
    expect(existsSync(join(project.folder, '.assetry'))).toBe(false)
  })
})

describe('init', () => {
  it('writes a project that is valid, and overwrites nothing', async () => {
    const end = await command(['init', 'fresh'], { folder: project.folder })
    expect(end.code).toBe(0)
    const validated = await command(['definitions', 'validate'], { folder: join(project.folder, 'fresh') })
    expect([validated.code, validated.stdout]).toEqual([0, '✓ definitions.ts is valid: 2 assets in 2 groups, 1 job, 0 resources\n'])
    const again = await command(['init', 'fresh'], { folder: project.folder })
    expect([again.code, again.stderr.split('\n')[0]]).toEqual([2, 'error FOLDER_NOT_EMPTY'])
  })
})
