import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Metadata } from '../definitions/metadata-value.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('fixtures/large-output/main.ts', import.meta.url))

/** What the program reports of one output. */
export interface LargeOutputReport {
  readonly rows: number
  readonly characters: number
  readonly inOrder: boolean
  readonly metadata: Metadata
  readonly heapMegabytes: number
  readonly residentMegabytes: number
}

/** Sends an output of `bytes` through a process whose heap may have `heapMegabytes`. */
export async function sendThrough(
  name: string,
  place: string,
  { bytes, heapMegabytes }: { bytes: number; heapMegabytes: number },
): Promise<LargeOutputReport> {
  const { stdout } = await run(process.execPath, [
    `--max-old-space-size=${heapMegabytes}`,
    '--import',
    'tsx',
    program,
    name,
    place,
    String(bytes),
  ])
  return JSON.parse(stdout) as LargeOutputReport
}
