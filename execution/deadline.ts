/** A signal that follows another one and fires by itself after a time. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Rejects with the signal's reason some time after it fires: code that doesn't listen to the signal is then left behind. */
  readonly abandoned: Promise<never>
  clear(): void
}

/** Time between the signal and the moment a function that goes on regardless is left behind. Unit: milliseconds. */
export const abandonAfterMs = 5_000

/** Longest time setTimeout can wait: 2^31 - 1 ms, about 24.8 days. */
const longestTimer = 2_147_483_647

/** Gives user code `timeoutMs`, within the life of `outer`. @param timedOut - the reason of the signal when that time is up */
export function deadline(timedOut: () => Error, timeoutMs: number, outer: AbortSignal): Deadline {
  const controller = new AbortController()
  const follow = (): void => controller.abort(outer.reason)
  const timer = setTimeout(() => controller.abort(timedOut()), Math.min(timeoutMs, longestTimer))
  if (outer.aborted) follow()
  else outer.addEventListener('abort', follow, { once: true })
  let leaving: ReturnType<typeof setTimeout> | undefined
  const abandoned = new Promise<never>((_resolve, reject) => {
    const leave = (): void => void (leaving = setTimeout(() => reject(controller.signal.reason), abandonAfterMs))
    if (controller.signal.aborted) leave()
    else controller.signal.addEventListener('abort', leave, { once: true })
  })
  const clear = (): void => {
    clearTimeout(timer)
    clearTimeout(leaving)
    outer.removeEventListener('abort', follow)
  }
  return { signal: controller.signal, abandoned, clear }
}
