import { ApiError, type Backfill, type BackfillDetail, type Client, type StartBackfill } from '../client/index.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { BackfillRequest } from '../temporal/backfill-launcher.ts'
import { shortBackfillId } from './backfill-id.ts'
import { writeBackfillOutcome } from './backfill-view/backfill-outcome.ts'
import { readFailures } from './backfill-view/backfill-summary.ts'
import { createBackfillView, type BackfillView } from './backfill-view/backfill-view.ts'
import { type BootedServer, brokenDown } from './booted-server.ts'
import { detachedByHand, type Followed } from './detached-by-hand.ts'
import { durationText } from './duration-text.ts'
import type { RunOptions, RunSubject } from './execute-run.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { onInterrupt } from './interrupt.ts'
import { writeJson } from './json-output.ts'
import { loadDefinitions } from './load-definitions.ts'
import { countText } from './metadata-text.ts'
import { onceBooted } from './once-booted.ts'
import { checkBackfill } from './preflight.ts'
import { openProject } from './project.ts'
import { runConfigArgument } from './run-config-argument.ts'
import { type Server, serverOfEnvironment, serverOfProject } from './server.ts'
import { talk } from './talk.ts'

/** Options of the commands that start a backfill. */
export interface BackfillOptions extends Omit<RunOptions, 'partition'> {
  /** Keys and ranges; undefined for all. */
  readonly partitions: readonly string[] | undefined
  readonly concurrency?: number
  readonly priority?: number
  readonly partitionsPerStep?: number
  readonly continueOnFailure?: boolean
}

/**
 * Starts a backfill and follows it to its end: on the server at `ASSETRY_URL`, else on the project's running one, else on
 * one that is booted for as long as it takes.
 */
export async function executeBackfill(subject: RunSubject, options: BackfillOptions): Promise<ExitCode> {
  const request = requestOf(subject, options)
  const named = serverOfEnvironment()
  if (named !== undefined) return started(named, request, options)
  const project = openProject(options)
  const running = await serverOfProject(project, options)
  if (running !== undefined) return started(running, request, options)
  if (options.detach === true) {
    throw new AssetryError(
      'USAGE',
      '--detach needs a running server, because one that is booted for the backfill ends with the command. Start "assetry dev" first.',
    )
  }
  await checkBackfill(await loadDefinitions(project.definitionsFile), request)
  return onceBooted(project, (server) => started(server, request, options, server))
}

function requestOf(subject: RunSubject, options: BackfillOptions): BackfillRequest {
  const { config, tag, partitions, concurrency, priority, partitionsPerStep, continueOnFailure } = options
  return {
    ...subject,
    ...(partitions !== undefined && { partitions }),
    ...(config !== undefined && { runConfig: runConfigArgument(config) }),
    ...(tag !== undefined && { tags: tag }),
    ...(concurrency !== undefined && { concurrency }),
    ...(priority !== undefined && { priority }),
    ...(partitionsPerStep !== undefined && { partitionsPerStep }),
    ...(continueOnFailure === true && { continueOnFailure }),
  }
}

/** The request as JSON has it: nothing is read-only. */
function wireRequest({ partitions, runConfig, tags, ...request }: BackfillRequest): StartBackfill {
  return {
    ...request,
    ...(partitions !== undefined && { partitions: [...partitions] }),
    ...(runConfig !== undefined && { runConfig: { ...runConfig } }),
    ...(tags !== undefined && { tags: { ...tags } }),
  }
}

/** What of the options matters to following. */
type FollowOptions = Pick<BackfillOptions, 'timeout' | 'json'>

async function started(server: Server, request: BackfillRequest, options: BackfillOptions, booted?: BootedServer): Promise<ExitCode> {
  // From before the start on: a Ctrl-C that comes while it is being started must not leave it unsaid that there is one.
  const stopped = new AbortController()
  const release = onInterrupt(() => stopped.abort('interrupted'))
  try {
    const backfill = await startedBackfill(server.client, request)
    if (backfill === undefined) return nothingToDo(options)
    if (options.detach === true) return detached(backfill, options)
    const { assets, totals } = backfill
    talk(
      `Backfill ${shortBackfillId(backfill.backfillId)} of ${countText(totals.targeted, 'partition')} of ${countText(assets.length, 'asset')}`,
    )
    return await followed(server, backfill, options, { stopped, booted, release })
  } finally {
    release()
  }
}

/** Undefined where the selection asks for assets that stand in some way, and none does just now. */
async function startedBackfill(client: Client, request: BackfillRequest): Promise<Backfill | undefined> {
  try {
    return (await client.backfills.start(wireRequest(request))).backfill
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NOTHING_TO_DO') throw error
    talk(error.detail)
    return undefined
  }
}

function nothingToDo({ json }: FollowOptions): ExitCode {
  if (json === true) writeJson({ backfill: null })
  return exitCodes.done
}

/** What ends the following before the backfill has ended. */
interface FollowLimits {
  readonly stopped: AbortController
  readonly booted: BootedServer | undefined
  /** Gives the signals back. */
  readonly release: () => void
}

/** Follows a backfill to its end, and writes what came of it. */
async function followed(server: Server, backfill: Backfill, options: FollowOptions, limits: FollowLimits): Promise<ExitCode> {
  const { stopped, booted } = limits
  const { backfillId } = backfill
  const timer = options.timeout === undefined ? undefined : setTimeout(() => stopped.abort('timed out'), options.timeout)
  const view = createBackfillView(process.stderr)
  try {
    const shown = show(server.client, backfillId, view, stopped.signal)
    const ended = await (booted === undefined ? shown : Promise.race([shown, brokenDown(booted.stack)]))
    view.end()
    return await writtenEnd(server, ended, options, booted !== undefined)
  } catch (error) {
    view.end()
    if (!stopped.signal.aborted) throw error
    limits.release()
    if (stopped.signal.reason === 'timed out') throw waitedTooLong(backfillId, options.timeout ?? 0, booted !== undefined)
    return await (booted === undefined ? detachedByHand(followedBackfill(server.client, backfillId)) : stoppedByHand(backfillId))
  } finally {
    clearTimeout(timer)
  }
}

/** Time without anything made after which it is worth saying what the backfill waits for. Unit: milliseconds. */
const patienceMs = 3_000

async function show(client: Client, backfillId: string, view: BackfillView, signal: AbortSignal): Promise<BackfillDetail> {
  const begun = Date.now()
  let told: string | null = null
  let last: BackfillDetail | undefined
  for await (const backfill of client.backfills.follow(backfillId, { signal })) {
    last = backfill
    view.look(backfill)
    if (backfill.waitingFor !== null && backfill.waitingFor !== told && Date.now() - begun > patienceMs) {
      told = backfill.waitingFor
      view.say(`Waiting for ${told}.`)
    }
  }
  return last ?? (await client.backfills.get(backfillId))
}

async function writtenEnd(server: Server, backfill: BackfillDetail, { json }: FollowOptions, isBooted: boolean): Promise<ExitCode> {
  const { items: failures } = await server.client.backfills.failures(backfill.backfillId, { limit: readFailures })
  if (json === true) writeJson({ ...backfill, failures })
  else writeBackfillOutcome({ backfill, failures }, server, isBooted)
  return backfill.status === 'SUCCESS' ? exitCodes.done : exitCodes.failed
}

function detached(backfill: Backfill, { json }: FollowOptions): ExitCode {
  if (json === true) writeJson(backfill)
  else process.stdout.write(`${backfill.backfillId}\n`)
  talk(howToLook(backfill.backfillId))
  return exitCodes.done
}

function howToLook(backfillId: string): string {
  const id = shortBackfillId(backfillId)
  return `  assetry backfill show ${id}\n  assetry backfill pause ${id}\n  assetry backfill cancel ${id}`
}

function followedBackfill(client: Client, backfillId: string): Followed {
  const cancel = (): Promise<{ readonly status: string }> => client.backfills.cancel(backfillId)
  return { noun: 'backfill', shortId: shortBackfillId(backfillId), howToLook: howToLook(backfillId), cancel }
}

/** Ctrl-C on a backfill whose server ends with the command: it goes on when the project is served again. */
function stoppedByHand(backfillId: string): ExitCode {
  onInterrupt(() => process.exit(exitCodes.interrupted))
  talk(
    `\nStopping. Backfill ${shortBackfillId(backfillId)} is kept and goes on at the next boot: "assetry dev", or another command that boots.`,
  )
  return exitCodes.interrupted
}

function waitedTooLong(backfillId: string, timeoutMs: number, isBooted: boolean): AssetryError {
  const id = shortBackfillId(backfillId)
  const next = isBooted
    ? `It goes on at the next boot, such as "assetry dev".`
    : `It goes on: "assetry backfill show ${id}" says how far it is, "assetry backfill cancel ${id}" ends it.`
  return new AssetryError('WAIT_TIMED_OUT', `Backfill ${id} has not ended within ${durationText(timeoutMs)}. ${next}`, {
    facts: { backfillId, timeoutMs },
  })
}
