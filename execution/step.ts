import ms from 'ms'
import { AssetryError, findingsError } from '../definitions/errors.ts'
import { defaultStepTimeoutMs } from '../planning/run-plan.ts'
import type { BatchListener } from './batch-work.ts'
import { abandonAfterMs } from './deadline.ts'
import { leasedClients } from './leased-clients.ts'
import { limitedCall } from './limited-call.ts'
import { checkConfig } from './schema-check.ts'
import type { StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import type { StepOutcome } from './step-outcome.ts'
import type { BatchPerformance, StepWork } from './step-work.ts'

/**
 * Runs one step: loads the inputs, calls the user's function, saves the output. Whatever any of them throws is thrown as
 * it is, unless the step's time was up or its signal fired: then that is the reason.
 */
export function runStep(host: StepHost, work: StepWork): Promise<StepOutcome> {
  return run(host, work, (within, parts) => work.perform(within, parts))
}

/** Runs one call of a step that makes several partitions at once, in the same way. @throws what is to be said of each partition that the listener was not told of */
export function runBatch(host: StepHost, work: StepWork, batch: BatchPerformance, listener: BatchListener): Promise<void> {
  return run(host, work, (within, parts) => batch.perform(within, parts, listener))
}

type Performance<TOutcome> = (host: StepHost, parts: StepContextParts) => Promise<TOutcome>

function run<TOutcome>(host: StepHost, work: StepWork, performance: Performance<TOutcome>): Promise<TOutcome> {
  const timeoutMs = work.computation.timeoutMs ?? defaultStepTimeoutMs
  const { signal, output } = host
  const limits = { timeoutMs, timedOut: () => timedOut(host.target.stepKey, timeoutMs), signal, output }
  return limitedCall(limits, async ({ signal: ofCall, leases }) => {
    const within = { ...host, signal: ofCall }
    const config = await configOf(within, work)
    const resources = await leasedClients(within, work.computation.resources, leases)
    return performance(within, { config, resources, added: {} })
  })
}

async function configOf({ runConfig }: StepHost, { owner, computation, configAt: [section, name] }: StepWork): Promise<unknown> {
  const checked = await checkConfig(computation.config, runConfig[section]?.[name], `${section}.${name}`)
  if ('findings' in checked) throw findingsError('CONFIG_INVALID', `The config of ${owner} is not valid`, checked.findings)
  return checked.value
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
