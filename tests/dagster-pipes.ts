import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The version of Dagster's Python package that tests run against. */
export const dagsterPipesVersion = '1.13.29'

/** Where the tests' own Python environment is kept. */
export const dagsterPipesFolder = fileURLToPath(
  new URL(`../node_modules/.cache/assetry-python/dagster-pipes-${dagsterPipesVersion}`, import.meta.url),
)

/** The interpreter of a Python environment. */
export function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

/** Whether that Python is there and runs the code without an error. */
export async function runsPython(python: string, code: string): Promise<boolean> {
  return await run(python, ['-c', code]).then(
    () => true,
    () => false,
  )
}

/** A Python that has `dagster-pipes`, or undefined where it was not installed (`scripts/install-dagster-pipes.ts`). */
export async function findDagsterPipes(): Promise<string | undefined> {
  const python = pythonIn(dagsterPipesFolder)
  return (await runsPython(python, 'import dagster_pipes')) ? python : undefined
}
