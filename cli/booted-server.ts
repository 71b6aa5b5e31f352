import { shortBackfillId } from './backfill-id.ts'
import { createClient } from '../client/index.ts'
import { AssetryError } from '../definitions/errors.ts'
import { exitCodes } from './exit-code.ts'
import { interruption, onInterrupt } from './interrupt.ts'
import { countText } from './metadata-text.ts'
import { createProgressLine } from './progress-line.ts'
import { defaultCodeLocation, type Project } from './project.ts'
import { shortRunId } from './run-id.ts'
import type { Server } from './server.ts'
import { type ResumedWork, type Stack, startStack } from './stack/stack.ts'
import { talk } from './talk.ts'

/** A server that was booted for one command. */
export interface BootedServer extends Server {
  readonly stack: Stack
}

/** Signals that a command was interrupted and has said so: nothing more is printed. */
export class Interrupted extends Error {}

/**
 * Boots the embedded stack for as long as a command needs it, and says so on stderr, with what it resumes of earlier work.
 *
 * @throws `Interrupted` where Ctrl-C came while it booted; the stack is stopped then
 */
export async function bootServer(project: Project): Promise<BootedServer> {
  talk('No server runs for this project: booting one for as long as this takes.')
  const line = createProgressLine(process.stderr)
  const starting = startStack({
    home: project.home,
    definitionsFile: project.definitionsFile,
    codeLocation: defaultCodeLocation,
    watch: false,
    onProgress: (message) => line.show(message),
  })
  const stack = await unlessInterrupted(starting).finally(() => line.end())
  for (const line of resumedLines(stack.resumed)) talk(line)
  return { url: stack.url, client: createClient({ baseUrl: stack.url }), stack }
}

/** What to say of what an earlier boot left behind: a line for runs, one for backfills, none where there are none. */
export function resumedLines({ runs, backfills }: ResumedWork): readonly string[] {
  return [...resumedLine('run', runs.map(shortRunId)), ...resumedLine('backfill', backfills.map(shortBackfillId))]
}

function resumedLine(noun: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`Resumed ${countText(ids.length, noun)} of an earlier boot: ${ids.join(', ')}`]
}

async function unlessInterrupted(starting: Promise<Stack>): Promise<Stack> {
  const interrupted = interruption()
  const first = await Promise.race([starting, interrupted.signal])
  interrupted.release()
  if (typeof first !== 'string') return first
  const release = onInterrupt(() => process.exit(exitCodes.interrupted))
  talk('Stopping.')
  await starting.then(
    (stack) => stack.stop(),
    () => {},
  )
  release()
  throw new Interrupted()
}

/** Rejects when a part of a booted stack can't be kept up; never resolves. */
export function brokenDown(stack: Stack): Promise<never> {
  return new Promise((_resolve, reject) => {
    stack.ended.then(
      () =>
        reject(
          new AssetryError(
            'SERVER_UNREACHABLE',
            'The embedded stack was stopped while the command still needed it. Run the command again.',
          ),
        ),
      reject,
    )
  })
}
