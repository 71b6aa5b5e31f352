import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * The oldest server that is taken from PATH: fairness and the new matcher, which the embedded server turns on, are in
 * Temporal 1.29 and not before.
 */
export const oldestServer = '1.29.0'

/** Time a CLI has to print its version. Unit: milliseconds; a busy machine needs 150 ms. */
const versionTimeout = 15_000

/** What `temporal --version` says about the server inside: `1.29.1`. Undefined for the output of some other program. */
export function parseServerVersion(output: string): string | undefined {
  return /^temporal version .*\(Server (\d+\.\d+\.\d+)/m.exec(output)?.[1]
}

/** Whether `version` is `oldest` or later, by numbers: 1.9.0 is older than 1.29.0. */
export function isAtLeast(version: string, oldest: string): boolean {
  return version.localeCompare(oldest, 'en', { numeric: true }) >= 0
}

/**
 * Starts a CLI to learn its server's version, which is also the proof that it runs on this machine.
 *
 * @throws an Error whose message says why it is no usable Temporal CLI
 */
export async function serverVersionOf(path: string, signal: AbortSignal): Promise<string> {
  const version = parseServerVersion(await versionOutput(path, signal))
  if (version === undefined) throw new Error('it runs, but does not print the version of a Temporal CLI')
  return version
}

async function versionOutput(path: string, signal: AbortSignal): Promise<string> {
  const options = { timeout: versionTimeout, signal, windowsHide: true, killSignal: 'SIGKILL' } as const
  try {
    return (await promisify(execFile)(path, ['--version'], options)).stdout
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(whyItDidNotRun(error as NodeJS.ErrnoException & { killed?: boolean }), { cause: error })
  }
}

function whyItDidNotRun(error: NodeJS.ErrnoException & { killed?: boolean }): string {
  if (error.code === 'ENOENT') return 'there is no such file'
  if (error.code === 'EACCES') return 'it may not be executed (EACCES)'
  if (error.killed === true) return `\`--version\` gave no answer within ${versionTimeout / 1000} s`
  return `\`--version\` failed: ${error.message.trim()}`
}
