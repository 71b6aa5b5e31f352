import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from './project-root.ts'
import { runTool } from './run-command.ts'

/** The compiler projects that nothing else refers to; with what they refer to they are all that is published. */
const publishedProjects = ['cli', 'testing', 'client', 'tsconfig.root.json']

const outputEndings = /\.(?:js|js\.map|d\.ts)$/

/** Compiles what is published into `dist`, and removes the output of source files that are gone. Gives whether it compiled. */
export async function compile(): Promise<boolean> {
  if ((await runTool('tsc', ['-b', ...publishedProjects])) !== 0) return false
  await removeOrphans()
  return true
}

async function removeOrphans(): Promise<void> {
  const dist = join(projectRoot, 'dist')
  const outputs = (await readdir(dist, { recursive: true })).filter((file) => outputEndings.test(file) && file !== 'workflow-bundle.js')
  const orphans = outputs.filter((file) => !existsSync(join(projectRoot, file.replace(outputEndings, '.ts'))))
  await Promise.all(orphans.map((file) => rm(join(dist, file), { force: true })))
}
