import { dirname } from 'node:path'
import { createClient } from '../../client/index.ts'
import { resumedLines } from '../booted-server.ts'
import { type DevLine, stackEventLine } from '../dev-lines.ts'
import { watchRuns } from '../dev-runs.ts'
import { durationText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { onInterrupt } from '../interrupt.ts'
import { loadDefinitions } from '../load-definitions.ts'
import { countText } from '../metadata-text.ts'
import { packageVersion } from '../package-root.ts'
import { createProgressLine, type ProgressLine } from '../progress-line.ts'
import { defaultCodeLocation, openProject, type Project } from '../project.ts'
import { shownPath } from '../source-location.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { talk } from '../talk.ts'
import { type Colors, colorsFor, proseColumns } from '../terminal.ts'

/** Options of `assetry dev`. */
export interface DevOptions {
  readonly file?: string
  readonly port: number
}

/** Serves the project on this machine until Ctrl-C, and says what happens. */
export async function dev(options: DevOptions): Promise<ExitCode> {
  const begun = Date.now()
  const project = openProject(options)
  const { assets, jobs } = await loadDefinitions(project.definitionsFile)
  const colors = colorsFor(process.stderr)
  const progress = createProgressLine(process.stderr)
  const write = (line: DevLine): void => progress.say(line({ colors, columns: proseColumns(process.stderr), now: new Date() }))
  const stack = await start(project, options.port, { progress, write })
  if (stack === undefined) return exitCodes.interrupted
  const loaded = `${countText(assets.length, 'asset')}, ${countText(jobs.length, 'job')}`
  process.stderr.write(banner(stack, { project, loaded, ms: Date.now() - begun }, colors))
  const stopWatching = watchRuns(createClient({ baseUrl: stack.url }), write)
  try {
    return await served(stack, colors)
  } finally {
    stopWatching()
  }
}

/** Where what happens is shown. */
interface DevOutput {
  readonly progress: ProgressLine
  readonly write: (line: DevLine) => void
}

/** Undefined where a Ctrl-C came while it started: then it has been stopped again. A second one doesn't wait for that. */
async function start(project: Project, port: number, { progress, write }: DevOutput): Promise<Stack | undefined> {
  let asked = false
  const starting = startStack({
    home: project.home,
    definitionsFile: project.definitionsFile,
    codeLocation: defaultCodeLocation,
    port,
    watch: true,
    onProgress: (message) => progress.show(message),
    onEvent: (event) => write(stackEventLine(event)),
  })
  const release = onInterrupt(() => {
    if (asked) process.exit(exitCodes.interrupted)
    asked = true
    talk('Stopping.')
  })
  try {
    const stack = await starting
    if (!asked) return stack
    await stack.stop()
    return undefined
  } catch (error) {
    if (!asked) throw error
    return undefined
  } finally {
    release()
    progress.end()
  }
}

/** Waits until the stack has ended: by Ctrl-C, which is how it is meant to end, or because a part of it can't be kept up. */
async function served(stack: Stack, colors: Colors): Promise<ExitCode> {
  let asked = false
  const release = onInterrupt(() => {
    if (asked) process.exit(exitCodes.interrupted)
    asked = true
    talk(`\n${colors.dim('Stopping; runs are kept and go on at the next start. Ctrl-C again ends it at once.')}`)
    void stack.stop()
  })
  await stack.ended
  release()
  return exitCodes.done
}

function banner(stack: Stack, { project, loaded, ms }: { project: Project; loaded: string; ms: number }, colors: Colors): string {
  const pairs: readonly (readonly [string, string])[] = [
    ['API', `${stack.url}/api/v1`],
    ['Docs', `${stack.url}/api/docs`],
    ['Temporal', stack.temporalUiUrl],
    ['Loaded', `${loaded} from ${shownPath(project.definitionsFile)}`],
    ['State', shownPath(project.home, dirname(project.home) === process.cwd() ? process.cwd() : undefined)],
  ]
  const lines = pairs.map(([name, value]) => `  ${colors.dim(name.padEnd(9))} ${value.startsWith('http') ? colors.cyan(value) : value}\n`)
  const resumed = resumedLines(stack.resumed).map((line) => `  ${line}\n`)
  const head = `\n  ${colors.bold('assetry')} ${colors.dim(packageVersion())}  ${colors.green(`ready in ${durationText(ms)}`)}\n\n`
  return `${head}${lines.join('')}${resumed.join('')}\n${colors.dim('  Ctrl-C stops it.')}\n\n`
}
