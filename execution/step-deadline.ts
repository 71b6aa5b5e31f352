import ms from 'ms'
import { AssetryError } from '../definitions/errors.ts'

/** A signal that follows another one and fires by itself after a time. */
export interface StepDeadline {
  readonly signal: AbortSignal
  /** Rejects with the signal's reason some time after it fires: code that doesn't listen to the signal is then left behind. */
  readonly abandoned: Promise<never>
  clear(): void
}

/** Time between the signal and the moment a function that goes on regardless is left behind. Unit: milliseconds. */
const abandonAfterMs = 5_000

/** Longest time setTimeout can wait: 2^31 - 1 ms, about 24.8 days. */
const longestTimer = 2_147_483_647

/** Gives a step `timeoutMs`, within the life of `outer`. */
export function stepDeadline(stepKey: string, timeoutMs: number, outer: AbortSignal): StepDeadline {
  const controller = new AbortController()
  const follow = (): void => controller.abort(outer.reason)
  const timer = setTimeout(() => controller.abort(timedOut(stepKey, timeoutMs)), Math.min(timeoutMs, longestTimer))
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

function timedOut(stepKey: string, timeoutMs: number): AssetryError {
  return new AssetryError(
    'STEP_TIMED_OUT',
    `Step "${stepKey}" took longer than its timeout of ${ms(timeoutMs, { long: true })}. Raise the asset's timeout, or make it do less at a time. ` +
      `A function that ends when context.signal fires frees its worker at once; else it is left behind after ${ms(abandonAfterMs, { long: true })}.`,
    {
      facts: { stepKey, timeoutMs },
    },
  )
}
