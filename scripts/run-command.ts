import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { projectRoot } from './project-root.ts'

/** The commands of installed packages that scripts run, each by its script, so that no shell and no `.cmd` file is needed. */
const toolScripts = {
  knip: 'knip/bin/knip.js',
  oxfmt: 'oxfmt/bin/oxfmt',
  oxlint: 'oxlint/bin/oxlint',
  publint: 'publint/src/cli.js',
  tsc: 'typescript/bin/tsc',
  vitest: 'vitest/vitest.mjs',
} as const

/** A command of an installed package. */
export type Tool = keyof typeof toolScripts

/** Runs a tool in the project's folder, its output shown, and gives its exit code. */
export async function runTool(tool: Tool, args: readonly string[] = []): Promise<number> {
  return await runCommand(process.execPath, [join(projectRoot, 'node_modules', toolScripts[tool]), ...args])
}

/** Runs a command in the project's folder, its output shown, and gives its exit code; 1 where a signal ended it. */
export async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = spawn(command, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'], env })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
