import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../scripts/project-root.ts'
import { type ExampleModule, exampleModules } from './example-module.ts'
import type { MarkdownPage } from './markdown-page.ts'

/** Within the repository, so that `assetry` is the built package; git knows nothing of it. */
const folderName = '.docs'
const folder = join(projectRoot, folderName)

/** The compiler options of a user who wants to be told everything. */
const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'NodeNext',
  moduleDetection: 'force',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

/** Without it, the runner of a page's tests would take the repository's own settings. */
const vitestConfig = {
  test: { include: ['**/*.test.ts'], reporters: ['dot'], disableConsoleIntercept: true, server: { deps: { external: ['/dist/'] } } },
}

/** Writes the examples of each page into a folder of its own, `.docs/docs/assets.md/`. */
export async function writeExamples(pages: readonly MarkdownPage[]): Promise<readonly ExampleModule[]> {
  await rm(folder, { recursive: true, force: true })
  const modules = pages.flatMap((page) => exampleModules(page, helperPath(page.path)))
  for (const module of modules) {
    await mkdir(placeOf(module), { recursive: true })
    await writeFile(join(placeOf(module), `${module.name}.checked.ts`), module.checked)
    if (module.run !== undefined) await writeFile(join(placeOf(module), `${runnableName(module)}.ts`), module.run)
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.checked.ts'] }))
  await writeFile(join(folder, 'vitest.config.js'), `export default ${JSON.stringify(vitestConfig)}`)
  return modules
}

/** What the compiler says of all examples, each line with its page and line. */
export async function compileExamples(): Promise<readonly string[]> {
  const output = await outputOf([join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], projectRoot)
  return (output ?? '').split('\n').filter((line) => line !== '')
}

/** Runs a module in a process and in a folder of its own. Gives what it wrote where it failed. */
export async function runExamples(module: ExampleModule): Promise<string | undefined> {
  const file = `${runnableName(module)}.ts`
  const vitest = [join(projectRoot, 'node_modules/vitest/vitest.mjs'), 'run', '--config', join(folder, 'vitest.config.js')]
  if (usesVitest(module)) return await outputOf([...vitest, '--root', placeOf(module), file], placeOf(module))
  return await outputOf(['--enable-source-maps', '--import', 'tsx', file], placeOf(module))
}

function usesVitest({ run }: ExampleModule): boolean {
  return /from 'vitest'/.test(run ?? '')
}

/** A page that shows tests is run by their runner, which goes by the name. */
function runnableName(module: ExampleModule): string {
  return usesVitest(module) ? `${module.name}.test` : module.name
}

function placeOf({ page }: ExampleModule): string {
  return join(folder, page)
}

function helperPath(page: string): string {
  return `${'../'.repeat(page.split('/').length + 1)}tests/docs/example-values.ts`
}

/** What a process wrote, if it failed, with the pages in place of what was made of them. */
async function outputOf(args: readonly string[], cwd: string): Promise<string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^VITEST|^NODE_ENV$/.test(name))
  const env = { ...Object.fromEntries(inherited), NO_COLOR: '1' }
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env, timeout: 120_000 }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : named(`${stdout}${stderr}`.trim() || error.message))
    })
  })
}

function named(output: string): string {
  // The compiler names a place as `page.ts(3,1)`, everything else as `page.ts:3:1`.
  return output.replaceAll(
    /(?:[^\s()'"]*\/)?\.docs\/(\S+?\.md)\/[\w.-]+?\.ts(?:\((\d+),(\d+)\)|:(\d+):(\d+))?/g,
    (_all, page: string, line, column, line2, column2) => {
      const place = [line ?? line2, column ?? column2].filter((part) => part !== undefined)
      return [page, ...place].join(':')
    },
  )
}
