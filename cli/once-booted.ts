import { shortBackfillId } from './backfill-id.ts'
import { type BootedServer, bootServer, brokenDown, Interrupted } from './booted-server.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { onInterrupt } from './interrupt.ts'
import type { Project } from './project.ts'
import { shortRunId } from './run-id.ts'
import { talk } from './talk.ts'

/** Boots the embedded stack for a piece of work, lets what it has resumed end too, and stops it. */
export async function onceBooted(project: Project, work: (server: BootedServer) => Promise<ExitCode>): Promise<ExitCode> {
  const server = await bootServer(project).catch(interruptedCode)
  if (server === exitCodes.interrupted) return server
  try {
    const exitCode = await work(server)
    if (exitCode !== exitCodes.interrupted) await letResumedWorkEnd(server)
    return exitCode
  } finally {
    await server.stack.stop()
  }
}

/** What an earlier boot left behind and is still at work gets to its end too: else each boot would cut it off again. */
async function letResumedWorkEnd(server: BootedServer): Promise<void> {
  const open = await openWork(server)
  if (open.length === 0) return
  talk(`\nWaiting for what was resumed: ${open.map(({ name }) => name).join(', ')}. Ctrl-C leaves it for the next boot.`)
  const left = new AbortController()
  const release = onInterrupt(() => left.abort())
  const ended = Promise.all(open.map(async ({ name, end }) => `${name} ended as ${await end(left.signal)}.`))
  try {
    for (const text of await Promise.race([ended, brokenDown(server.stack)])) talk(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)
  } catch (error) {
    if (!left.signal.aborted) throw error
  } finally {
    release()
  }
}

/** Something resumed that has not ended. */
interface OpenWork {
  readonly name: string
  /** The status it ends with. */
  readonly end: (signal: AbortSignal) => Promise<string>
}

async function openWork({ client, stack: { resumed } }: BootedServer): Promise<readonly OpenWork[]> {
  const runs = await Promise.all(resumed.runs.map((runId) => client.runs.get(runId)))
  const backfills = await Promise.all(resumed.backfills.map((backfillId) => client.backfills.get(backfillId)))
  return [
    ...runs
      .filter(({ endedAt }) => endedAt === null)
      .map(({ runId }) => ({
        name: `run ${shortRunId(runId)}`,
        end: async (signal: AbortSignal) => (await client.runs.wait(runId, { signal })).status,
      })),
    ...backfills
      .filter(({ endedAt, status }) => endedAt === null && status !== 'PAUSED')
      .map(({ backfillId }) => ({
        name: `backfill ${shortBackfillId(backfillId)}`,
        end: async (signal: AbortSignal) => (await client.backfills.wait(backfillId, { signal })).status,
      })),
  ]
}

function interruptedCode(error: unknown): typeof exitCodes.interrupted {
  if (error instanceof Interrupted) return exitCodes.interrupted
  throw error
}
