import { condition, continueAsNew, defineSignal, proxyLocalActivities, setHandler, sleep, workflowInfo } from '@temporalio/workflow'
import type { FreshnessActivities } from './activity-contract.ts'
import { freshnessChangedSignal } from './names.ts'
import type { FreshnessInput } from './run-input.ts'

const changed = defineSignal(freshnessChangedSignal)

/** Time between two looks, however often it is told that something has changed. Unit: milliseconds. */
const shortestPauseMs = 1_000
/** How often it looks though nobody has said anything: who records an update may die before he can say so. Unit: milliseconds. */
const longestPauseMs = 10 * 60_000

/** History at which the workflow continues as new. Unit: events. */
const longestHistory = 2_000

const bookkeeping = proxyLocalActivities<FreshnessActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '100 milliseconds', maximumInterval: '10 seconds' },
})

/**
 * Looks how fresh the assets of a code location are: when one of them changes because time passes, and whenever something was
 * recorded of them. It remembers nothing that is not in the store. Ends where no asset has a policy.
 */
export async function freshness(input: FreshnessInput): Promise<void> {
  let isWoken = false
  setHandler(changed, () => void (isWoken = true))
  for (;;) {
    isWoken = false
    const { nextChangeInMs, ended } = await bookkeeping.evaluateFreshness({ codeLocation: input.codeLocation })
    if (ended === true && !isWoken) return
    if (workflowInfo().historyLength > longestHistory || workflowInfo().continueAsNewSuggested) await continueAsNew<typeof freshness>(input)
    await sleep(shortestPauseMs)
    const restMs = Math.min(nextChangeInMs ?? longestPauseMs, longestPauseMs) - shortestPauseMs
    if (restMs > 0) await condition(() => isWoken, restMs)
  }
}
