import ms from 'ms'
import type { AssetResources } from '../definitions/computation.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { Logger } from '../definitions/logger.ts'
import type { TickContext } from '../definitions/sensor-context.ts'
import { abandonAfterMs, deadline } from './deadline.ts'
import type { Lease, ResourcePool } from './resource-pool.ts'
import { withinStep } from './running-step.ts'
import type { StepOutput } from './step-output.ts'
import { tickItems, type TickItemsGathered } from './tick-items.ts'

/** What an evaluation needs beside the function. */
export interface TickHost {
  readonly definitions: Definitions
  readonly tickId: string
  /** `sensor "uploads"`, for texts. */
  readonly owner: string
  readonly resources: AssetResources
  readonly timeoutMs: number
  readonly pool: ResourcePool
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
export async function evaluateTick(host: TickHost, call: (context: TickContext) => unknown): Promise<TickItemsGathered> {
  const limit = deadline(() => timedOut(host), host.timeoutMs, host.signal)
  const leases: Lease[] = []
  try {
    return await Promise.race([
      withinStep(host.output, async () => {
        const { tickId, log, now, owner } = host
        const resources = await clientsOf(host, leases)
        return tickItems(owner, await call({ tickId, resources, log, now, signal: limit.signal }))
      }),
      limit.abandoned,
    ])
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error
  } finally {
    limit.clear()
    host.output?.end()
    await Promise.allSettled(leases.map((lease) => lease.release()))
  }
}

async function clientsOf({ definitions, resources, pool }: TickHost, leases: Lease[]): Promise<Readonly<Record<string, unknown>>> {
  const clients: Record<string, unknown> = {}
  for (const [name, { name: ofResource }] of Object.entries(resources)) {
    const configured = definitions.resources[ofResource]
    if (configured === undefined) continue
    const lease = await pool.lease(configured, {})
    leases.push(lease)
    clients[name] = lease.client
  }
  return clients
}

function timedOut({ owner, timeoutMs }: TickHost): AssetryError {
  return new AssetryError(
    'TICK_TIMED_OUT',
    `The evaluation of ${owner} took longer than its timeout of ${ms(timeoutMs, { long: true })}; nothing of it was kept. Raise timeout, or do less at a ` +
      `time and keep the place in the cursor. A function that ends when context.signal fires ends at once; else it is left behind after ` +
      `${ms(abandonAfterMs, { long: true })}.`,
    { facts: { owner, timeoutMs } },
  )
}
