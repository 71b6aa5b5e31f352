import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withPortableSourceMap } from './portable-source-map.ts'
import { projectRoot } from './project-root.ts'

const dist = join(projectRoot, 'dist')
const bundleFile = join(dist, 'workflow-bundle.js')
const inputsHashFile = join(dist, '.tsbuildinfo/workflow-bundle.sha256')

const bundlingScripts = ['bundle-workflows.ts', 'portable-source-map.ts'].map((file) => join(projectRoot, 'scripts', file))

/** The folders whose compiled code may be in the bundle. */
const bundledFolders = ['definitions', 'planning', 'workflows']

/**
 * Bundles the workflows ahead of time, so that a worker is ready in 0.6 s instead of 1.8 s. Does nothing where no input
 * changed since the last time.
 */
export async function bundleWorkflows(): Promise<void> {
  const hash = await inputsHash()
  if (existsSync(bundleFile) && (await lastHash()) === hash) return
  await replaceFile(bundleFile, await bundledCode())
  await replaceFile(inputsHashFile, hash)
}

/** The Temporal worker package is imported only when it is needed: it takes longer to load than the rest of a build. */
async function bundledCode(): Promise<string> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker')
  const { code } = await bundleWorkflowCode({ workflowsPath: join(dist, 'workflows/index.js'), logger: new DefaultLogger('WARN') })
  return withPortableSourceMap(code)
}

/** Everything the bundle follows from: compiled code, the locked versions of packages, and these scripts. */
async function inputsHash(): Promise<string> {
  const compiled = await Promise.all(bundledFolders.map(compiledFiles))
  const hash = createHash('sha256')
  for (const file of [...compiled.flat(), join(projectRoot, 'package-lock.json'), ...bundlingScripts]) {
    hash
      .update(file.slice(projectRoot.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0')
  }
  return hash.digest('hex')
}

async function compiledFiles(folder: string): Promise<readonly string[]> {
  const files = await readdir(join(dist, folder), { recursive: true })
  return files
    .filter((file) => file.endsWith('.js'))
    .toSorted()
    .map((file) => join(dist, folder, file))
}

async function lastHash(): Promise<string | undefined> {
  return existsSync(inputsHashFile) ? await readFile(inputsHashFile, 'utf8') : undefined
}

/** A worker that starts while a build goes on reads the old file or the new one, never half of it. */
async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  await writeFile(temporary, content)
  await rename(temporary, file)
}
