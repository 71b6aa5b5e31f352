import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type CliSearch, cliVersion } from './cli-source.ts'
import { executableName } from './executable-on-path.ts'
import type { CliInstaller } from './install-cli.ts'
import { progressReporter } from './progress-reporter.ts'

/** Time for a build. Unit: milliseconds; two cores need 2.5 minutes with an empty cache (November 2026). */
const buildTimeout = 15 * 60_000

/** Packages of the CLI 1.5.1, by `go list -deps ./cmd/temporal | wc -l`. A build that finds some of them compiled shows fewer. */
const packageCount = 1_298

/** Compiles the CLI with the machine's Go. */
export const buildCli: CliInstaller = async (folder, search) => {
  const timeout = AbortSignal.timeout(buildTimeout)
  const build = startBuild(folder, search, AbortSignal.any([search.signal, timeout]))
  const exit = exitOf(build)
  const ticker = reportWhile(build, search)
  const code = await exit.finally(() => ticker.stop())
  search.signal.throwIfAborted()
  if (timeout.aborted) throw new Error(`it was not done after ${buildTimeout / 60_000} minutes`)
  if (code !== 0) throw new Error(`exit code ${code}:\n${ticker.lastLines()}`)
  return join(folder, executableName('temporal'))
}

type Build = ChildProcessByStdio<null, null, Readable>

function startBuild(folder: string, search: CliSearch, signal: AbortSignal): Build {
  const args = ['install', '-v', `github.com/temporalio/cli/cmd/temporal@v${cliVersion}`]
  return spawn('go', args, {
    cwd: folder,
    env: buildEnvironment(search, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    // Go cleans up after SIGINT only.
    killSignal: 'SIGINT',
    windowsHide: true,
  })
}

/** `go install` refuses to cross-compile into GOBIN, and a build for another machine would be of no use here. */
function buildEnvironment(search: CliSearch, folder: string): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, ...environment } = search.environment
  return { ...environment, GOBIN: folder }
}

function exitOf(build: Build): Promise<number | null> {
  return new Promise((resolve, reject) => {
    // An aborted build is asked to end, and closes when it has.
    build.once('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)))
    build.once('close', resolve)
  })
}

/** Tells every second how far the build is, from the lines that `go install -v` prints. */
function reportWhile(build: Build, search: CliSearch): { stop: () => void; lastLines: () => string } {
  const counted = new BuildLines()
  const report = progressReporter(search.onProgress, 'build')
  const tell = () => report(counted.message())
  tell()
  const timer = setInterval(tell, 1_000)
  createInterface({ input: build.stderr }).on('line', (line) => counted.add(line))
  return { stop: () => clearInterval(timer), lastLines: () => counted.lastLines() }
}

/** What the lines of `go install -v` say: `go: downloading MODULE VERSION`, then one line a compiled package. */
export class BuildLines {
  #modules = 0
  #packages = 0
  readonly #last: string[] = []

  add(line: string): void {
    if (line.startsWith('go: downloading ')) this.#modules += 1
    else if (/^[\w.\-/]+$/.test(line)) this.#packages += 1
    this.#last.push(line)
    if (this.#last.length > 5) this.#last.shift()
  }

  message(): string {
    const what = `Building the Temporal CLI ${cliVersion} with Go, once for this user (about three minutes)`
    if (this.#packages > 0) return `${what}: ${this.#packages} of at most ${packageCount} packages compiled`
    if (this.#modules > 0) return `${what}: ${this.#modules} modules downloaded`
    return what
  }

  lastLines(): string {
    return this.#last.map((line) => `  ${line}`).join('\n')
  }
}
