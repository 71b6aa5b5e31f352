import { ApiError, type Client, type Run, type RunDetail, type StartRun } from '../client/index.ts'
import { AssetryError } from '../definitions/errors.ts'
import { type BootedServer, brokenDown } from './booted-server.ts'
import { detachedByHand, type Followed } from './detached-by-hand.ts'
import { durationText } from './duration-text.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { onInterrupt } from './interrupt.ts'
import { writeJson } from './json-output.ts'
import { loadDefinitions } from './load-definitions.ts'
import type { LaunchRequest } from '../temporal/launch-request.ts'
import { countText } from './metadata-text.ts'
import { checkRequest } from './preflight.ts'
import { onceBooted } from './once-booted.ts'
import { openProject, type Project } from './project.ts'
import { runConfigArgument } from './run-config-argument.ts'
import { shortRunId } from './run-id.ts'
import { RunState } from './run-view/run-state.ts'
import { writeOutcome } from './run-view/outcome.ts'
import { createRunView, type RunView } from './run-view/run-view.ts'
import { type Server, serverOfEnvironment, serverOfProject } from './server.ts'
import { talk } from './talk.ts'

/** What is to be run. */
export type RunSubject = { readonly selection: string } | { readonly job: string }

/** Options of the commands that start a run. */
export interface RunOptions {
  readonly file?: string
  readonly config?: string
  readonly tag?: Readonly<Record<string, string>>
  readonly partition?: string
  /** Unit: milliseconds. */
  readonly timeout?: number
  readonly detach?: boolean
  readonly json?: boolean
}

/**
 * Starts a run and follows it to its end: on the server at `ASSETRY_URL`, else on the project's running one, else on one
 * that is booted for as long as it takes.
 */
export async function executeRun(subject: RunSubject, options: RunOptions): Promise<ExitCode> {
  const request = requestOf(subject, options)
  const named = serverOfEnvironment()
  if (named !== undefined) return followed(named, request, options)
  const project = openProject(options)
  const running = await serverOfProject(project, options)
  if (running !== undefined) return followed(running, request, options)
  return onBootedServer(project, request, options)
}

function requestOf(subject: RunSubject, { config, tag, partition }: RunOptions): LaunchRequest {
  return {
    ...subject,
    ...(config !== undefined && { runConfig: runConfigArgument(config) }),
    ...(tag !== undefined && { tags: tag }),
    ...(partition !== undefined && { partitionKey: partition }),
  }
}

async function onBootedServer(project: Project, request: LaunchRequest, options: RunOptions): Promise<ExitCode> {
  if (options.detach === true) {
    throw new AssetryError(
      'USAGE',
      '--detach needs a running server, because one that is booted for the run ends with the command. Start "assetry dev" first.',
    )
  }
  await checkRequest(await loadDefinitions(project.definitionsFile), request)
  return onceBooted(project, (server) => followed(server, request, options, server))
}

/** What made the following stop. */
type Following = 'ended' | 'interrupted' | 'timed out'

async function followed(server: Server, request: LaunchRequest, options: RunOptions, booted?: BootedServer): Promise<ExitCode> {
  // From before the start on: a Ctrl-C that comes while the run is being started must not leave it unsaid that there is one.
  const stopped = new AbortController()
  const release = onInterrupt(() => stopped.abort('interrupted'))
  try {
    const run = await started(server, request)
    if (run === undefined) return nothingToDo(options)
    if (options.detach === true) return detached(run, options)
    talk(`Run ${shortRunId(run.runId)} of ${countText(run.stepCount, 'step')}`)
    const how = await follow(server.client, run, { stopped, timeoutMs: options.timeout, booted })
    release()
    if (how === 'timed out') throw waitedTooLong(run, options.timeout ?? 0, booted !== undefined)
    if (how === 'interrupted') return await (booted === undefined ? detachedByHand(followedRun(server.client, run)) : stoppedByHand(run))
    return await ended(server, run, options, booted !== undefined)
  } finally {
    release()
  }
}

/** Undefined where the selection asks for assets that stand in some way, and none does just now. */
async function started(server: Server, request: LaunchRequest): Promise<Run | undefined> {
  try {
    return (await server.client.runs.start(wireRequest(request))).run
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NOTHING_TO_DO') throw error
    talk(error.detail)
    return undefined
  }
}

function nothingToDo({ json }: RunOptions): ExitCode {
  if (json === true) writeJson({ run: null })
  return exitCodes.done
}

async function ended(server: Server, { runId }: Run, options: RunOptions, isBooted: boolean): Promise<ExitCode> {
  const run = await server.client.runs.get(runId)
  if (options.json === true) writeJson(run)
  else writeOutcome(run, server, isBooted)
  return exitCodeOfRun(run)
}

/** The request as JSON has it: what is undefined is left out, and nothing is read-only. */
function wireRequest({ runConfig, tags, partitions, ...request }: LaunchRequest): StartRun {
  return {
    ...request,
    ...(partitions !== undefined && { partitions: [...partitions] }),
    ...(runConfig !== undefined && { runConfig: { ...runConfig } }),
    ...(tags !== undefined && { tags: { ...tags } }),
  }
}

function exitCodeOfRun(run: RunDetail): ExitCode {
  return run.status === 'SUCCESS' ? exitCodes.done : exitCodes.failed
}

/** What ends the following before the run has ended. */
interface FollowLimits {
  readonly stopped: AbortController
  readonly timeoutMs: number | undefined
  readonly booted: BootedServer | undefined
}

async function follow(client: Client, run: Run, { stopped, timeoutMs, booted }: FollowLimits): Promise<Following> {
  const view = createRunView(new RunState(run), process.stderr)
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stopped.abort('timed out'), timeoutMs)
  try {
    const shown = showEvents(client, run, view, stopped.signal)
    await (booted === undefined ? shown : Promise.race([shown, brokenDown(booted.stack)]))
    return 'ended'
  } catch (error) {
    if (stopped.signal.aborted) return stopped.signal.reason as Following
    throw error
  } finally {
    view.end()
    clearTimeout(timer)
  }
}

/** Time without a first step after which it is worth asking what the run waits for. Unit: milliseconds. */
const patienceMs = 3_000

async function showEvents(client: Client, run: Run, view: RunView, signal: AbortSignal): Promise<void> {
  const asking = setTimeout(() => void sayWhatItWaitsFor(client, run, view), patienceMs)
  try {
    for await (const event of client.runs.follow(run.runId, { logs: false, signal })) {
      if (event.type === 'STEP_START') clearTimeout(asking)
      view.event(event)
    }
  } finally {
    clearTimeout(asking)
  }
}

async function sayWhatItWaitsFor(client: Client, run: Run, view: RunView): Promise<void> {
  const detail = await client.runs.get(run.runId).catch(() => undefined)
  if (typeof detail?.waitingFor === 'string') view.say(`Waiting for ${detail.waitingFor}.`)
}

function detached(run: Run, { json }: RunOptions): ExitCode {
  if (json === true) writeJson(run)
  else process.stdout.write(`${run.runId}\n`)
  talk(howToLook(run))
  return exitCodes.done
}

function howToLook(run: Run): string {
  const id = shortRunId(run.runId)
  return `  assetry run show ${id}\n  assetry run logs ${id} --follow\n  assetry run cancel ${id}`
}

function followedRun(client: Client, run: Run): Followed {
  return { noun: 'run', shortId: shortRunId(run.runId), howToLook: howToLook(run), cancel: () => client.runs.cancel(run.runId) }
}

/** Ctrl-C on a run whose server ends with the command: it goes on when the project is served again. */
function stoppedByHand(run: Run): ExitCode {
  onInterrupt(() => process.exit(exitCodes.interrupted))
  talk(
    `\nStopping. Run ${shortRunId(run.runId)} is kept and goes on at the next boot: "assetry dev", or another "assetry asset materialize".`,
  )
  return exitCodes.interrupted
}

function waitedTooLong(run: Run, timeoutMs: number, isBooted: boolean): AssetryError {
  const id = shortRunId(run.runId)
  const next = isBooted
    ? `It goes on at the next boot, such as "assetry dev".`
    : `It goes on: "assetry run logs ${id} --follow" shows how, "assetry run cancel ${id}" ends it.`
  return new AssetryError('WAIT_TIMED_OUT', `Run ${id} has not ended within ${durationText(timeoutMs)}. ${next}`, {
    facts: { runId: run.runId, timeoutMs },
  })
}
