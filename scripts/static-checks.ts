import { runTool, type Tool } from './run-command.ts'

/** A check that reads the code and runs none of it. */
export interface StaticCheck {
  readonly name: string
  readonly tool: Tool
  readonly args: readonly string[]
}

/** Every static check, the quickest first. */
export const staticChecks: readonly StaticCheck[] = [
  { name: 'format', tool: 'oxfmt', args: ['--check'] },
  { name: 'lint', tool: 'oxlint', args: [] },
  { name: 'types, and type tests', tool: 'tsc', args: ['-b'] },
  { name: 'unused code and dependencies', tool: 'knip', args: [] },
  { name: 'package', tool: 'publint', args: ['--strict'] },
]

/** Runs every static check, also after one failed, and gives the names of those that did. */
export async function failedStaticChecks(): Promise<readonly string[]> {
  const failed: string[] = []
  for (const { name, tool, args } of staticChecks) {
    console.log(`\n> ${name}: ${tool} ${args.join(' ')}`.trimEnd())
    if ((await runTool(tool, args)) !== 0) failed.push(name)
  }
  return failed
}
