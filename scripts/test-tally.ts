import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectRoot } from './project-root.ts'

/** How many checks and tests passed and failed. */
export interface Tally {
  readonly passed: number
  readonly failed: number
}

/** The part of Vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[]
}

const resultsFolder = join(projectRoot, 'node_modules/.cache/assetry-tests')

/** Where Vitest writes its report for {@link vitestTally}. */
export const vitestReportFile = join(resultsFolder, 'vitest.json')

/** Where `.ci/run` finds the closing line. */
const closingLineFile = join(resultsFolder, 'closing-line.txt')

/** Forgets the results of an earlier run, so that one that dies half-way is never taken for it. */
export async function forgetResults(): Promise<void> {
  await rm(resultsFolder, { recursive: true, force: true })
  await mkdir(resultsFolder, { recursive: true })
}

/**
 * What Vitest's report says. A test file that failed without a failed test, because it could not be loaded, counts as
 * one failure; so does a run that failed without any, because of an error outside every test.
 */
export async function vitestTally(exitCode: number): Promise<Tally> {
  const report = await readReport()
  if (report === undefined) return { passed: 0, failed: 1 }
  const failed = report.numFailedTests + report.testResults.filter(failedAsFile).length
  return { passed: report.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) }
}

/** The line that closes a run: `812 passed, 0 failed`. */
export async function writeClosingLine(tally: Tally): Promise<void> {
  await mkdir(dirname(closingLineFile), { recursive: true })
  await writeFile(closingLineFile, `${tally.passed} passed, ${tally.failed} failed\n`)
}

function failedAsFile(file: VitestReport['testResults'][number]): boolean {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
}

async function readReport(): Promise<VitestReport | undefined> {
  try {
    return JSON.parse(await readFile(vitestReportFile, 'utf8')) as VitestReport
  } catch {
    return undefined
  }
}
