import { runningStep } from './running-step.ts'
import { type ConsoleMethod, consoleLevels, type OutputStream, type StepOutput } from './step-output.ts'

let isCapturing = false

/**
 * From now on, what the code of a running step writes by `console` or to `process.stdout` and `process.stderr` goes to
 * that step's output, if it has one. Whatever else writes, and a step's code once the step is over, writes as before.
 * Once a process; calling it again changes nothing.
 *
 * What doesn't pass through them can't be seen: writes of native code, and of child processes that inherit the streams.
 */
export function captureOutput(): void {
  if (isCapturing) return
  isCapturing = true
  captureStream('stdout')
  captureStream('stderr')
  for (const method of Object.keys(consoleLevels) as ConsoleMethod[]) captureMethod(globalThis.console, method)
}

function outputNow(): StepOutput | undefined {
  const output = runningStep()?.output
  return output?.hasEnded === true ? undefined : output
}

function captureMethod(console: Console, method: ConsoleMethod): void {
  const own = console[method] as (...args: readonly unknown[]) => void
  console[method] = (...args: readonly unknown[]): void => {
    const output = outputNow()
    if (output === undefined) Reflect.apply(own, console, args)
    else output.call(method, args)
  }
}

type Written = (error?: Error | null) => void

function captureStream(name: OutputStream): void {
  const stream = process[name]
  const own = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean
  const write = (piece: string | Uint8Array, encodingOrWritten?: BufferEncoding | Written, written?: Written): boolean => {
    const output = outputNow()
    if (output === undefined) return own(piece, encodingOrWritten, written)
    const encoding = typeof encodingOrWritten === 'string' ? encodingOrWritten : 'utf8'
    output.write(name, typeof piece === 'string' && !isUtf8(encoding) ? Buffer.from(piece, encoding) : piece)
    const callback = typeof encodingOrWritten === 'function' ? encodingOrWritten : written
    if (callback !== undefined) process.nextTick(callback)
    return true
  }
  stream.write = write
}

function isUtf8(encoding: BufferEncoding): boolean {
  return encoding === 'utf8' || encoding === 'utf-8'
}
