import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { build } from '../scripts/build-package.ts'
import { projectRoot } from '../scripts/project-root.ts'

const run = promisify(execFile)

/** The README's first example, as a user would write it, with the types they would rely on. */
const userCode = `
import { asset, definitions, materialize } from 'assetry'

const rawData = asset({
  key: 'raw_data',
  materialize: () => [{ name: 'Alice', score: 92 }, { name: 'Bob', score: 78 }, { name: 'Carol', score: 85 }],
})
const highScorers = asset({
  key: 'high_scorers',
  inputs: { rawData },
  materialize: ({ rawData }) => rawData.filter((row) => row.score > 80),
})
export default definitions({ assets: [rawData, highScorers] })

const result = await materialize([rawData, highScorers])
const rows: { name: string; score: number }[] = result.outputFor(highScorers)
// @ts-expect-error the value's type is known, and this is not it
const wrong: string[] = result.outputFor(highScorers)
export const outcome = { success: result.success, names: rows.map((row) => row.name), same: wrong.length === rows.length }
`

/** The subpaths that can be imported as code: 'assetry', 'assetry/testing' … */
const entries = Object.keys(manifest.exports)
  .filter((subpath) => !subpath.endsWith('.json'))
  .map((subpath) => `assetry${subpath.slice(1)}`)

const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'NodeNext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: [],
}

interface PackReport {
  readonly filename: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** Packs the package into `folder`, as it would be published. */
async function pack(folder: string): Promise<PackReport> {
  expect(await build()).toBe(true)
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: projectRoot })
  const [report] = JSON.parse(stdout) as PackReport[]
  if (report === undefined) throw new Error(`npm pack reported nothing: ${stdout}`)
  return report
}

/** A new project with the packed package as its only dependency. */
async function installInto(project: string, tarball: string): Promise<void> {
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  await run('npm', ['install', tarball, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: project })
}

async function compileIn(project: string, code: string): Promise<void> {
  await writeFile(join(project, 'main.ts'), code)
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc')
  const errors = await run(process.execPath, [compiler, '-p', project]).then(
    () => '',
    (error: unknown) => String((error as { stdout?: unknown }).stdout ?? error),
  )
  expect(errors).toBe('')
}

describe('the packed package', () => {
  let folder: string
  let project: string
  let report: PackReport

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assetry-package-'))
    project = join(folder, 'project')
    report = await pack(folder)
    await installInto(project, join(folder, report.filename))
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('has what a user needs', () => {
    const paths = report.files.map(({ path }) => path)
    const needed = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/cli/main.js',
      'dist/workflow-bundle.js',
    ]
    expect(needed.filter((path) => !paths.includes(path))).toEqual([])
    expect(paths.filter((path) => /^dist\/metadata\/migrations\/.+\.sql$/.test(path)).length).toBeGreaterThan(0)
  })

  it('has no tests, no sources and no leavings of the compiler', () => {
    const paths = report.files.map(({ path }) => path)
    expect(
      paths.filter((path) => /\.(?:test|test-d|suite)\.|tsbuildinfo|(?<!\.d)\.ts$|^dist\/(?:tests|scripts|bench|examples)\//.test(path)),
    ).toEqual([])
  })

  it('has source maps that carry their sources', async () => {
    const map = JSON.parse(await readFile(join(project, 'node_modules/assetry/dist/index.js.map'), 'utf8')) as { sourcesContent?: string[] }
    expect(map.sourcesContent?.[0]).toContain('export')
  })

  it('exports modules that load, each with something in it', async () => {
    const code = `for (const entry of process.argv.slice(1)) console.log(entry, Object.keys(await import(entry)).length > 0)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code, ...entries], { cwd: project })
    expect(stdout.trim().split('\n')).toEqual(entries.map((entry) => `${entry} true`))
  })

  it('says what to install where an IO manager needs a library that is not there', async () => {
    const code = `
      import { asset, materialize } from 'assetry'
      import { arrowIOManager } from 'assetry/io/arrow'
      import { duckdbIOManager } from 'assetry/io/duckdb'
      import { parquetIOManager } from 'assetry/io/parquet'
      import { s3IOManager } from 'assetry/io/s3'
      for (const ioManager of [arrowIOManager(), duckdbIOManager({ path: 'x' }), parquetIOManager(), s3IOManager({ bucket: 'x' })]) {
        const rows = asset({ key: 'rows', ioManager, materialize: () => [{ id: 1 }] })
        await materialize([rows]).catch(({ code, message }) => console.log(code, message))
      }`
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: project })
    const missing = (subpath: string, name: string): string =>
      `PEER_MISSING assetry/io/${subpath} needs the package "${name}", which is not installed: npm install ${name}`
    expect(stdout.trim().split('\n')).toEqual([
      missing('arrow', 'apache-arrow'),
      missing('duckdb', '@duckdb/node-api'),
      missing('parquet', 'hyparquet-writer'),
      missing('s3', '@aws-sdk/client-s3'),
    ])
  })

  it('gives types for every entry, and infers what an asset makes', async () => {
    const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}'`)
    const uses = entries.map((_entry, index) => `export const used${index}: object = entry${index}`)
    await compileIn(project, [...imports, ...uses, userCode].join('\n'))
  })

  it('materializes the first example, and leaves nothing behind', async () => {
    await compileIn(project, userCode)
    const code = `import { outcome } from './main.js'; console.log(JSON.stringify(outcome))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: project })
    expect(JSON.parse(stdout)).toEqual({ success: true, names: ['Alice', 'Carol'], same: true })
    await expect(readFile(join(project, '.assetry'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('brings the assetry command', async () => {
    const { stdout } = await run('npx', ['--no-install', 'assetry', '--version'], { cwd: project })
    expect(stdout).toContain(manifest.version)
  })
})
