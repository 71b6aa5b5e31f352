import { build } from './build-package.ts'
import { prepareTests } from './prepare-tests.ts'
import { runTool } from './run-command.ts'
import { failedStaticChecks, staticChecks } from './static-checks.ts'
import { forgetResults, type Tally, vitestReportFile, vitestTally, writeClosingLine } from './test-tally.ts'

/** `npm test`: builds, checks and tests everything. What follows it on the command line goes to Vitest. */
async function test(): Promise<Tally> {
  if (!(await build())) return { passed: 0, failed: 1 }
  const failed = await failedStaticChecks()
  await prepareTests()
  const tests = await runVitest(process.argv.slice(2))
  if (failed.length > 0) console.error(`\nFailed before the tests: ${failed.join(', ')}.`)
  return { passed: staticChecks.length - failed.length + 1 + tests.passed, failed: failed.length + tests.failed }
}

async function runVitest(args: readonly string[]): Promise<Tally> {
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReportFile}`]
  return await vitestTally(await runTool('vitest', ['run', ...reports, ...args]))
}

await forgetResults()
const tally = await test()
await writeClosingLine(tally)
process.exitCode = tally.failed === 0 ? 0 : 1
