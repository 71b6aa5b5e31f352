import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type CliSearch, cliVersion } from './cli-source.ts'
import type { CliInstaller } from './install-cli.ts'
import { progressReporter } from './progress-reporter.ts'

/** Where Temporal offers its CLI; the SDKs' test environments download from there too, by the same two requests. */
const downloadServer = 'https://temporal.download/cli/'

/** Time to learn the archive's address. Unit: milliseconds. An unreachable server must not hold up the next attempt. */
const lookupTimeout = 15_000
/** Time without a byte after which a download is given up. Unit: milliseconds. */
const stallTimeout = 20_000
/** Time for the whole download, about 45 MB. Unit: milliseconds. */
const downloadTimeout = 5 * 60_000

interface Archive {
  readonly archiveUrl: string
  readonly fileToExtract: string
}

/** Downloads the CLI from Temporal's own server. */
export const downloadCli: CliInstaller = (folder, search) => downloadCliFrom(downloadServer, folder, search)

/** As {@link downloadCli}, from another server that answers in the same way. */
export async function downloadCliFrom(server: string, folder: string, search: CliSearch): Promise<string> {
  const report = progressReporter(search.onProgress, 'download')
  report(`Downloading the Temporal CLI ${cliVersion}, once`)
  const archive = await lookUp(archiveQuery(server), search.signal)
  const bytes = await open(archive.archiveUrl, AbortSignal.any([search.signal, AbortSignal.timeout(downloadTimeout)]))
  const unpack = spawn('tar', ['-xzf', '-', '-C', folder, archive.fileToExtract], { stdio: ['pipe', 'ignore', 'ignore'] })
  const received = pipeline(bytes.body, watched(bytes.size, report), unpack.stdin).catch((error: unknown) => plainReason(error))
  const failed = (await Promise.allSettled([received, exitOf(unpack)])).filter((part) => part.status === 'rejected')
  if (failed[0] !== undefined) throw failed[0].reason
  return join(folder, archive.fileToExtract)
}

/** The address that answers with the archive for this machine. */
export function archiveQuery(server: string, platform: string = process.platform, arch: string = process.arch): URL {
  const url = new URL(`v${cliVersion}`, server)
  url.searchParams.set('arch', { x64: 'amd64' }[arch] ?? arch)
  url.searchParams.set('platform', { win32: 'windows' }[platform] ?? platform)
  url.searchParams.set('format', 'tar.gz')
  return url
}

async function lookUp(url: URL, signal: AbortSignal): Promise<Archive> {
  const response = await request(url, AbortSignal.any([signal, AbortSignal.timeout(lookupTimeout)]))
  const answer = (await response.json().catch(() => ({}))) as Partial<Archive>
  if (typeof answer.archiveUrl !== 'string' || typeof answer.fileToExtract !== 'string') {
    throw new Error(`${url.origin} did not answer with an archive's address`)
  }
  // Never from an encrypted question to an unencrypted answer, and never a path out of the folder.
  if (new URL(answer.archiveUrl).protocol !== url.protocol || !/^\w[\w.-]*$/.test(answer.fileToExtract)) {
    throw new Error(`${url.origin} answered with an archive that is not to be trusted: ${answer.archiveUrl}`)
  }
  return { archiveUrl: answer.archiveUrl, fileToExtract: answer.fileToExtract }
}

async function open(url: string, signal: AbortSignal): Promise<{ body: Readable; size: number }> {
  const response = await request(new URL(url), signal)
  if (response.body === null) throw new Error(`${url} answered without a body`)
  return {
    body: Readable.fromWeb(response.body),
    size: Number(response.headers.get('content-length') ?? 0),
  }
}

async function request(url: URL, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal }).catch((error: unknown) => plainReason(error, url))
  if (!response.ok) throw new Error(`${url.href} answered ${response.status} ${response.statusText}`.trim())
  return response
}

/** `fetch failed` says nothing; its cause does. */
function plainReason(error: unknown, url?: URL): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const where = url === undefined ? 'the download broke off' : url.host
  throw new Error(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error })
}

/** Passes bytes on, tells how many there were, and fails where none come for a while. */
function watched(size: number, report: (message: string) => void): Transform {
  let received = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      stalled.refresh()
      received += chunk.length
      report(`Downloading the Temporal CLI ${cliVersion}, once: ${megabytes(received)}${size > 0 ? ` of ${megabytes(size)}` : ''} MB`)
      done(null, chunk)
    },
  })
  const stalled = setTimeout(() => stream.destroy(new Error(`no byte came for ${stallTimeout / 1000} s`)), stallTimeout)
  stream.once('close', () => clearTimeout(stalled))
  return stream
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0)

async function exitOf(unpack: ReturnType<typeof spawn>): Promise<void> {
  const [code] = (await once(unpack, 'close')) as [number | null]
  if (code !== 0) throw new Error(`\`tar\` could not unpack the archive (exit code ${code})`)
}
