import { once } from 'node:events'
import { resolve } from 'node:path'
import type { AssetContext } from '../../definitions/asset-context.ts'
import type { CheckFacts } from '../../definitions/check-spec.ts'
import { type Duration, milliseconds } from '../../definitions/duration.ts'
import { AssetryError } from '../../definitions/errors.ts'
import type { Json } from '../../definitions/metadata-value.ts'
import { type Output, output } from '../../definitions/output.ts'
import { LastLines } from './last-lines.ts'
import { followLines } from './message-tail.ts'
import { type PipesFiles, pipesFiles } from './pipes-files.ts'
import { commandText, failureOfEnd, failureOfException } from './pipes-failure.ts'
import { PipesReport } from './pipes-report.ts'
import { Program, type ProgramEnd } from './program.ts'

/** What {@link pipes} takes. */
export interface PipesOptions {
  /** The program and its arguments, one by one: there is no shell in between. */
  readonly command: readonly [string, ...string[]]
  /** What the program finds as `context.extras`. Plain JSON. */
  readonly extras?: Readonly<Record<string, Json>>
  /** Environment variables for the program, beside those of the worker; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Folder that the program starts in. @default the worker's */
  readonly cwd?: string
  /**
   * Time that the program's processes get to end after they were asked to (SIGTERM), before they are killed.
   *
   * @default '4 seconds', within the five after which a cancelled step is left behind
   */
  readonly killAfter?: Duration
}

/** What a program made of an asset: what it reported is the asset's metadata and data version. */
export interface PipesResult extends Output<undefined> {
  /** How the checks that the program made came out, by name. The asset declares them: `checks: { no_nulls: {} }`. */
  readonly checks: Readonly<Record<string, CheckFacts>>
  /** What the program gave to `report_custom_message`, in order. */
  readonly customMessages: readonly Json[]
}

/**
 * Runs a program that makes the asset, and takes what it reports by the Dagster Pipes protocol: a Python script with
 * `dagster_pipes` needs no change. Its messages are followed while it runs. What it logs, and writes to stdout and stderr,
 * goes to the log of the step. It is ended with all that it has started when the step is cancelled or its worker dies.
 *
 * @example
 * ```ts
 * const cleaned = asset({
 *   key: 'cleaned',
 *   deps: [raw],
 *   materialize: (_, context) => pipes(context, { command: ['python3', 'clean.py'], extras: { limit: 10 } }),
 * })
 * ```
 * @throws a `Failure` where the program closes with an exception, or ends with another exit code than 0
 * @throws `PROGRAM_NOT_STARTED`, `PIPES_MESSAGE_INVALID`, `INVALID_OPTION`
 */
export async function pipes(context: AssetContext, options: PipesOptions): Promise<PipesResult> {
  checkCommand(options.command)
  const killAfterMs = milliseconds(options.killAfter ?? '4 seconds', 'pipes(): killAfter', 0)
  context.signal.throwIfAborted()
  const files = await pipesFiles(context, options.extras ?? {})
  try {
    const program = await Program.start({
      command: options.command,
      environment: environmentOf(options, files),
      cwd: resolve(options.cwd ?? '.'),
      killAfterMs,
    })
    return await session(context, { command: options.command, program, messages: files.messages })
  } finally {
    await files.remove()
  }
}

function checkCommand(command: readonly unknown[]): void {
  if (Array.isArray(command) && command.length > 0 && command.every((part) => typeof part === 'string') && command[0] !== '') return
  throw new AssetryError(
    'INVALID_OPTION',
    `pipes(): command is ${JSON.stringify(command)}. Give the program and each of its arguments as a string: ['python3', 'clean.py'].`,
    { facts: { command } },
  )
}

function environmentOf({ env }: PipesOptions, files: PipesFiles): Readonly<Record<string, string | undefined>> {
  // Python keeps lines for a pipe back until there are 8 KB of them, which would hide what a long step is at.
  return { PYTHONUNBUFFERED: '1', ...process.env, ...env, ...files.environment }
}

interface Session {
  readonly command: readonly string[]
  readonly program: Program
  /** Path of the file that the program writes its messages to. */
  readonly messages: string
}

/** Follows a program to its end. */
async function session(context: AssetContext, { command, program, messages }: Session): Promise<PipesResult> {
  context.log.debug(`"${commandText(command)}" started`, { pid: program.pid })
  const report = new PipesReport(context.assetKey, context.log)
  const lastLines = new LastLines()
  const stop = (): void => void program.stop()
  context.signal.addEventListener('abort', stop, { once: true })
  if (context.signal.aborted) stop()
  const hasEnded = new AbortController()
  try {
    const [end] = await allOrStop(program, [
      program.ended().finally(() => hasEnded.abort()),
      followLines(messages, hasEnded.signal, (line) => report.take(line)),
      passOn(program.output('stdout'), process.stdout),
      passOn(program.output('stderr'), process.stderr, (piece) => lastLines.add(piece)),
    ])
    context.signal.throwIfAborted()
    return resultOf(context, report, { command, end, lastLines: lastLines.lines() })
  } finally {
    context.signal.removeEventListener('abort', stop)
  }
}

/** Where one of them fails, the program has no one to speak to: it is stopped, and all of them waited for. */
async function allOrStop(program: Program, parts: readonly [Promise<ProgramEnd>, ...Promise<void>[]]): Promise<[ProgramEnd]> {
  try {
    await Promise.all(parts)
  } catch (error) {
    await program.stop()
    await Promise.allSettled(parts)
    throw error
  }
  return [await parts[0]]
}

/** Writes what a program writes where the step's own code would write it: to the step's log, or to this process's streams. */
async function passOn(from: AsyncIterable<Buffer>, to: NodeJS.WriteStream, alsoTo?: (piece: Buffer) => void): Promise<void> {
  for await (const piece of from) {
    alsoTo?.(piece)
    if (!to.write(piece)) await once(to, 'drain')
  }
}

interface EndedProgram {
  readonly command: readonly string[]
  readonly end: ProgramEnd
  readonly lastLines: readonly string[]
}

function resultOf(context: AssetContext, report: PipesReport, ended: EndedProgram): PipesResult {
  if (report.exception !== undefined) throw failureOfException(report.exception, ended)
  if (ended.end.code !== 0) throw failureOfEnd(ended)
  const { metadata, dataVersion, checks, customMessages } = report
  warnOfSilence(context, report, ended.command)
  return { ...output(undefined, { metadata, ...(dataVersion !== undefined && { dataVersion }) }), checks, customMessages }
}

/** A program that ended well made the asset, also where it said nothing of it, as in Dagster. */
function warnOfSilence({ log }: AssetContext, { isOpened, isClosed }: PipesReport, command: readonly string[]): void {
  if (!isOpened)
    log.warn(`"${commandText(command)}" sent no Dagster Pipes messages: nothing is known of the asset but that the program ended well`)
  else if (!isClosed) log.warn(`"${commandText(command)}" did not close its Dagster Pipes session: its last messages may be missing`)
}
