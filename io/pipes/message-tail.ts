import { open } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'

/** Time between two looks at the file. Unit: milliseconds; short against the 300 in which log lines are gathered. */
const pollMs = 100

/** Bytes that are read at once. */
const blockSize = 64 * 1024

/**
 * Gives each whole line of a file to `take`, while another process appends to it, until `ended` and the file is read to
 * its end. A last line that no newline ends was cut off by the end of its writer and is left out.
 *
 * @throws what `take` throws
 */
export async function followLines(path: string, ended: AbortSignal, take: (line: string) => void): Promise<void> {
  const file = await open(path, 'r')
  const decoder = new StringDecoder('utf8')
  const block = Buffer.alloc(blockSize)
  let pending = ''
  try {
    for (;;) {
      // Asked before the read: what was written before the end is then in the file.
      const isLast = ended.aborted
      const { bytesRead } = await file.read(block, 0, blockSize)
      if (bytesRead > 0) {
        const text = decoder.write(block.subarray(0, bytesRead))
        const end = text.lastIndexOf('\n')
        if (end === -1) pending += text
        else {
          const whole = pending + text.slice(0, end)
          pending = text.slice(end + 1)
          for (const line of whole.split('\n')) if (line.trim() !== '') take(line)
        }
      } else if (isLast) return
      else await sleep(pollMs, undefined, { signal: ended }).catch(() => undefined)
    }
  } finally {
    await file.close()
  }
}
