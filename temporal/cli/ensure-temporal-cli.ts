import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AssetryError } from '../../definitions/errors.ts'
import { buildCli } from './build-cli.ts'
import { cachedCliPath, thisPlace } from './cli-cache.ts'
import { type CliProgress, type CliSearch, type CliSource, type FailedAttempt, type TemporalCli, cliVersion } from './cli-source.ts'
import { isAtLeast, oldestServer, serverVersionOf } from './cli-version.ts'
import { downloadCli } from './download-cli.ts'
import { executableOnPath } from './executable-on-path.ts'
import { type CliInstaller, installCli, prepareCache } from './install-cli.ts'
import { withInstallLock } from './install-lock.ts'
import { progressReporter } from './progress-reporter.ts'

/** What {@link ensureTemporalCli} may be told. */
export interface EnsureTemporalCliOptions {
  /** Called about once a second while the CLI is downloaded or built; never where there is one already. */
  readonly onProgress?: (progress: CliProgress) => void
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Ends a download or build that was started. */
  readonly signal?: AbortSignal
}

/**
 * Finds the Temporal CLI, which holds the embedded server, or gets it: `TEMPORAL_CLI_PATH`, `temporal` on PATH, the
 * user's cache, a download from Temporal, a build with Go. Each attempt is bounded in time; what was got is kept in the cache.
 *
 * @throws `TEMPORAL_CLI_UNAVAILABLE` with every attempt and its reason
 * @example
 * const cli = await ensureTemporalCli({ onProgress: ({ message }) => console.error(message) })
 */
export async function ensureTemporalCli(options: EnsureTemporalCliOptions = {}): Promise<TemporalCli> {
  const search: CliSearch = {
    environment: options.environment ?? process.env,
    onProgress: options.onProgress ?? (() => {}),
    signal: options.signal ?? new AbortController().signal,
  }
  const failed: FailedAttempt[] = []
  const found = (await explicitCli(search)) ?? (await cliOnPath(search, failed)) ?? (await cachedCli(search, failed))
  return found ?? getCli(search, failed)
}

/** A path that the user set is used or refused, never passed over. */
async function explicitCli(search: CliSearch): Promise<TemporalCli | undefined> {
  const path = search.environment['TEMPORAL_CLI_PATH']
  if (path === undefined || path === '') return undefined
  try {
    return { path, source: 'environment', serverVersion: await serverVersionOf(path, search.signal) }
  } catch (error) {
    search.signal.throwIfAborted()
    throw new AssetryError(
      'TEMPORAL_CLI_UNAVAILABLE',
      `TEMPORAL_CLI_PATH is "${path}", but ${reasonOf(error)}. Set it to the \`temporal\` program, or unset it to let Assetry find one.`,
      { facts: { path }, cause: error },
    )
  }
}

async function cliOnPath(search: CliSearch, failed: FailedAttempt[]): Promise<TemporalCli | undefined> {
  const path = await executableOnPath('temporal', search.environment)
  const what = path ?? '`temporal` on PATH'
  return attempt(what, search, failed, async () => {
    if (path === undefined) throw new Error('not found')
    const serverVersion = await serverVersionOf(path, search.signal)
    if (isAtLeast(serverVersion, oldestServer)) return { path, source: 'path', serverVersion }
    throw new Error(`its server is ${serverVersion}, which is older than ${oldestServer}`)
  })
}

async function cachedCli(search: CliSearch, failed: FailedAttempt[]): Promise<TemporalCli | undefined> {
  const path = cachedCliPath(thisPlace(search.environment))
  return attempt(path, search, failed, async () => ({ path, source: 'cache', serverVersion: await serverVersionOf(path, search.signal) }))
}

/** Downloads or builds with the lock held, after one more look into the cache: another process may just have done it. */
async function getCli(search: CliSearch, failed: FailedAttempt[]): Promise<TemporalCli> {
  const folder = dirname(cachedCliPath(thisPlace(search.environment)))
  const report = progressReporter(search.onProgress, 'wait')
  const onWait = (pid: number) => report(`Waiting for process ${pid}, which is getting the Temporal CLI`)
  try {
    await mkdir(folder, { recursive: true })
    return await withInstallLock(`${folder}.lock`, { signal: search.signal, onWait }, async () => {
      await prepareCache(folder)
      return (await cachedCli(search, [])) ?? (await downloadOrBuild(search, failed))
    })
  } catch (error) {
    search.signal.throwIfAborted()
    if (error instanceof AssetryError) throw error
    throw unavailable([...failed, { what: `the cache ${folder}`, why: reasonOf(error) }], error)
  }
}

async function downloadOrBuild(search: CliSearch, failed: FailedAttempt[]): Promise<TemporalCli> {
  const path = cachedCliPath(thisPlace(search.environment))
  const install = async (source: CliSource, installer: CliInstaller): Promise<TemporalCli> => {
    return { path, source, serverVersion: await installCli(path, installer, search) }
  }
  const found =
    (await attempt('download from temporal.download', search, failed, () => install('download', downloadCli))) ??
    (await attempt('`go install`', search, failed, () => install('build', buildCli)))
  if (found === undefined) throw unavailable(failed)
  return found
}

async function attempt(
  what: string,
  search: CliSearch,
  failed: FailedAttempt[],
  work: () => Promise<TemporalCli>,
): Promise<TemporalCli | undefined> {
  try {
    return await work()
  } catch (error) {
    search.signal.throwIfAborted()
    failed.push({ what, why: reasonOf(error) })
    return undefined
  }
}

function unavailable(attempts: readonly FailedAttempt[], cause?: unknown): AssetryError {
  const lines = attempts.map(({ what, why }) => `  - ${what}: ${why.replaceAll('\n', '\n    ')}`)
  return new AssetryError(
    'TEMPORAL_CLI_UNAVAILABLE',
    `There is no Temporal CLI on this machine, and none could be got. Tried:\n${lines.join('\n')}\n` +
      `Install it (https://docs.temporal.io/cli, version ${cliVersion} or later) so that \`temporal --version\` works, set TEMPORAL_CLI_PATH to it, ` +
      `install Go so that Assetry can build it, or set TEMPORAL_ADDRESS to use a Temporal server that runs already.`,
    { facts: { attempts }, cause },
  )
}

function reasonOf(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' && path === 'go') return 'there is no `go` on PATH'
  return message
}
