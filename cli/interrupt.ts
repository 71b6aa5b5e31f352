/** Calls `interrupted` for each Ctrl-C and each SIGTERM, instead of ending the process. Returns what gives them back. */
export function onInterrupt(interrupted: (signal: NodeJS.Signals) => void): () => void {
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', interrupted)
  return () => {
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
  }
}

/** The first Ctrl-C or SIGTERM, as a promise. */
export interface Interruption {
  readonly signal: Promise<NodeJS.Signals>
  /** Gives the signals back. */
  readonly release: () => void
}

/** Waits for a Ctrl-C or SIGTERM. */
export function interruption(): Interruption {
  let release = (): void => {}
  const signal = new Promise<NodeJS.Signals>((resolve) => {
    release = onInterrupt(resolve)
  })
  return { signal, release: () => release() }
}
