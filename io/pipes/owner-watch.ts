import { spawn } from 'node:child_process'

/**
 * Told a process group, it waits for a second line. Whoever holds the other end of its input is the group's owner: where
 * the input ends without that line, the owner is gone, even by `kill -9`, and the group is told to end, then made to.
 */
const watch = `
read -r group || exit 0
read -r _ && exit 0
kill -s TERM -- "-$group"
left=$1
while [ "$left" -gt 0 ] && kill -s 0 -- "-$group"; do left=$((left - 1)); sleep 1; done
kill -s KILL -- "-$group"
`

/**
 * Has a process group ended should this process end first, however it does. Returns how to say that the group is gone.
 * Where the system has no shell, as on Windows, it does nothing.
 */
export function endWithUs(group: number, killAfterMs: number): () => void {
  if (process.platform === 'win32') return () => undefined
  const watcher = spawn('/bin/sh', ['-c', watch, 'sh', String(Math.ceil(killAfterMs / 1_000))], {
    // A session of its own: a Ctrl-C in the terminal, which reaches us too, must not end it before its time.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a watcher the group runs as any child process does.
  watcher.once('error', () => undefined)
  watcher.stdin.once('error', () => undefined)
  watcher.stdin.write(`${group}\n`)
  return () => watcher.stdin.end('gone\n')
}
