import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What to start. */
export interface ProcessSpec {
  readonly command: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** An open file for both of its outputs. */
  readonly outputFile: number
}

/** A process that ends when the one that started it does, however that ends. */
export interface GuardedProcess {
  /** The pid of the process itself, not of what guards it. */
  readonly pid: number
  /** Resolves when the process is gone for certain, its ports and files free. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Asks it to end (SIGTERM), makes it end (SIGKILL) after `patience` milliseconds, and waits. May be called again. */
  stop(patience?: number): Promise<void>
}

/**
 * Starts the command and stays beside it. Whoever holds the other end of this shell's standard input is its owner:
 * when the owner is gone, even by `kill -9`, the input ends and the command is told to end. The command's pid goes to
 * file 3, which the command inherits: the owner sees that file's end when the command is gone, and not before.
 *
 * The watcher is killed before the shell ends, so it never signals a pid that belongs to someone else by then.
 */
const guard = `
exec 4<&0 </dev/null
"$@" 4<&- &
command=$!
echo "$command" >&3
(
  exec 3>&-
  while read -r _ <&4; do :; done
  kill "$command"
  for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 1; done
  kill -9 "$command"
) 2>/dev/null &
watcher=$!
exec 4<&-
wait "$command"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`

/**
 * Starts a process that does not outlive this one. On Windows, which has no such shell, it does so only as far as the
 * console ends it.
 *
 * @throws the system's error where it can't be started
 */
export async function startGuarded(spec: ProcessSpec): Promise<GuardedProcess> {
  const child = process.platform === 'win32' ? spawnAlone(spec) : spawnGuarded(spec)
  const exited = exitOf(child)
  await once(child, 'spawn')
  const pid = (await reportedPid(child)) ?? child.pid
  if (pid === undefined) throw new Error(`"${spec.command}" was started, but has no pid`)
  return { pid, exited, stop: (patience = 10_000) => stop(child, pid, exited, patience) }
}

function spawnGuarded({ command, args, environment, outputFile }: ProcessSpec): ChildProcess {
  return spawn('/bin/sh', ['-c', guard, 'sh', command, ...args], {
    env: environment,
    stdio: ['pipe', outputFile, outputFile, 'pipe'],
    // A session of its own: Ctrl+C in the terminal reaches the owner alone, which ends its processes in its own order.
    detached: true,
  })
}

function spawnAlone({ command, args, environment, outputFile }: ProcessSpec): ChildProcess {
  return spawn(command, args, { env: environment, stdio: ['ignore', outputFile, outputFile], windowsHide: true })
}

/** The line that the guard writes first; undefined where there is no guard. */
async function reportedPid(child: ChildProcess): Promise<number | undefined> {
  const report = child.stdio[3] as Readable | null | undefined
  if (report === undefined || report === null) return undefined
  const lines = createInterface({ input: report })
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string | undefined]
  return line === undefined ? undefined : Number(line)
}

/** `close`, not `exit`: the guard may have ended before the command, whose inherited file 3 is what tells that it is gone. */
function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('close', (code, signal) => resolve(signal === null ? exitOfCode(code) : { code: null, signal }))
  })
}

const signalsByNumber: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [15, 'SIGTERM'],
])

/** A shell says 128 + the signal's number for a command that a signal ended. */
function exitOfCode(code: number | null): ProcessExit {
  const signal = signalsByNumber.get((code ?? 0) - 128)
  return signal === undefined ? { code, signal: null } : { code: null, signal }
}

async function stop(child: ChildProcess, pid: number, exited: Promise<ProcessExit>, patience: number): Promise<void> {
  if (child.stdin === null) child.kill()
  else child.stdin.end()
  const impatience = setTimeout(() => killIfThere(pid), patience)
  await exited
  clearTimeout(impatience)
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
