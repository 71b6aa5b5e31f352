import ms from 'ms'
import type { AssetResources } from '../definitions/computation.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { Logger } from '../definitions/logger.ts'
import type { TickContext } from '../definitions/sensor-context.ts'
import { abandonAfterMs } from './deadline.ts'
import { leasedClients } from './leased-clients.ts'
import { limitedCall } from './limited-call.ts'
import type { ResourcePool } from './resource-pool.ts'
import type { StepOutput } from './step-output.ts'
import { tickItems, type TickItemsGathered } from './tick-items.ts'

/** What an evaluation needs beside the function. */
export interface TickHost {
  readonly definitions: Definitions
  readonly tickId: string
  /** `sensor "uploads"`, for texts. */
  readonly owner: string
  /** The schedule or the sensor. */
  readonly instigator: { readonly resources: AssetResources; readonly timeoutMs: number }
  readonly resources: ResourcePool
  readonly log: Logger
  readonly output: StepOutput | undefined
  readonly signal: AbortSignal
  readonly now: Date
}

/**
 * Calls the function of a schedule or a sensor and puts what it gives in order. Whatever it throws is thrown as it is, unless its
 * time was up or its signal fired: then that is the reason.
 *
 * @throws `TICK_TIMED_OUT`, `TICK_RESULT_INVALID`
 */
export function evaluateTick(host: TickHost, call: (context: TickContext) => unknown): Promise<TickItemsGathered> {
  const { tickId, owner, log, now, instigator, signal, output } = host
  const limits = { timeoutMs: instigator.timeoutMs, timedOut: () => timedOut(owner, instigator.timeoutMs), signal, output }
  return limitedCall(limits, async ({ signal: ofCall, leases }) => {
    const resources = await leasedClients({ ...host, runConfig: {} }, instigator.resources, leases)
    return tickItems(owner, await call({ tickId, resources, log, now, signal: ofCall }))
  })
}

function timedOut(owner: string, timeoutMs: number): AssetryError {
  return new AssetryError(
    'TICK_TIMED_OUT',
    `The evaluation of ${owner} took longer than its timeout of ${ms(timeoutMs, { long: true })}; nothing of it was kept. Raise timeout, or do less at a ` +
      `time and keep the place in the cursor. A function that ends when context.signal fires ends at once; else it is left behind after ` +
      `${ms(abandonAfterMs, { long: true })}.`,
    { facts: { owner, timeoutMs } },
  )
}
