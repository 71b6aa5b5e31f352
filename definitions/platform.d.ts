/**
 * The few platform names that appear in users' signatures. This folder is compiled without DOM and Node types, so that
 * nothing in it can reach for the clock, the network or the file system by accident.
 */
interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

interface URL {
  readonly href: string
}
