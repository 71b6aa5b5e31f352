import { setTimeout as wait } from 'node:timers/promises'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { onInterrupt } from './interrupt.ts'
import { talk } from './talk.ts'
import { colorsFor } from './terminal.ts'

/** Time in which a second Ctrl-C cancels what is followed. Unit: milliseconds. */
const secondThoughtsMs = 2_000

/** What was followed until Ctrl-C. */
export interface Followed {
  readonly noun: 'run' | 'backfill'
  /** As it is shown. */
  readonly shortId: string
  /** Commands that show it. */
  readonly howToLook: string
  /** @returns the status that it has then */
  readonly cancel: () => Promise<{ readonly status: string }>
}

/** Ctrl-C leaves what is followed alone; a second one cancels it. */
export async function detachedByHand({ noun, shortId, howToLook, cancel }: Followed): Promise<ExitCode> {
  const again = new AbortController()
  const release = onInterrupt(() => again.abort())
  talk(`\n${colorsFor(process.stderr).bold('Detached.')} The ${noun} goes on; Ctrl-C again cancels it.\n${howToLook}`)
  await wait(secondThoughtsMs, undefined, { signal: again.signal }).catch(() => {})
  release()
  if (again.signal.aborted) {
    const { status } = await cancel()
    talk(`${noun === 'run' ? 'Run' : 'Backfill'} ${shortId} is ${status} now.`)
  }
  return exitCodes.interrupted
}
