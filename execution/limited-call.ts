import { deadline } from './deadline.ts'
import type { Lease } from './resource-pool.ts'
import { withinStep } from './running-step.ts'
import type { StepOutput } from './step-output.ts'

/** How user code is called: of a step, or at a tick. */
export interface CallLimits {
  readonly timeoutMs: number
  /** The reason of the signal when that time is up. */
  readonly timedOut: () => Error
  /** Fires when the call is no longer wanted. */
  readonly signal: AbortSignal
  /** Takes what the code writes; ends with the call. */
  readonly output: StepOutput | undefined
}

/** What a call is made with: the signal of its own end, and where it keeps the clients that it has on loan. */
export interface CallParts {
  readonly signal: AbortSignal
  readonly leases: Lease[]
}

/**
 * Calls user code within its time, and gives back what it had on loan. Whatever the code throws is thrown as it is, unless its time
 * was up or its signal fired: then that is the reason.
 */
export async function limitedCall<TResult>(
  { timeoutMs, timedOut, signal, output }: CallLimits,
  call: (parts: CallParts) => Promise<TResult>,
): Promise<TResult> {
  const limit = deadline(timedOut, timeoutMs, signal)
  const leases: Lease[] = []
  try {
    return await Promise.race([withinStep(output, () => call({ signal: limit.signal, leases })), limit.abandoned])
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error
  } finally {
    limit.clear()
    output?.end()
    // A client that can't be disposed of is no failure of the code, whose work is done by now.
    await Promise.allSettled(leases.map((lease) => lease.release()))
  }
}
