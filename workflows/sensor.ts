import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, uuid4, workflowInfo } from '@temporalio/workflow'
import type { SensorStep, TickActivities } from './activity-contract.ts'
import { sensorWakeSignal, ticksTaskQueueOf } from './names.ts'
import type { SensorInput } from './run-input.ts'

const wake = defineSignal(sensorWakeSignal)

/** Longest time of one evaluation, its launches included. The sensor's own timeout, which its activity keeps, is far below. */
const longestEvaluation = '1 day'
/** An evaluation whose worker is lost begins anew after this time. */
const heartbeatTimeout = '15 seconds'

/**
 * Evaluates a sensor again and again: after its interval, or when it is woken because there is something for it in the store.
 * Cursor, requests and all else stand in the store, so that it may end on any line and be started anew.
 */
export async function sensor({ codeLocation, name, waitMs }: SensorInput): Promise<void> {
  const { evaluateSensor } = proxyActivities<TickActivities>({
    taskQueue: ticksTaskQueueOf(codeLocation),
    startToCloseTimeout: longestEvaluation,
    heartbeatTimeout,
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  })
  let isWoken = false
  setHandler(wake, () => void (isWoken = true))
  if (waitMs !== undefined) await condition(() => isWoken, waitMs)
  for (;;) {
    isWoken = false
    const step: SensorStep = await evaluateSensor({ codeLocation, name, tickId: uuid4() })
    // Who starts it again in the moment in which it ends has woken it.
    if (step.ended === true && !isWoken) return
    const { historyLength, continueAsNewSuggested } = workflowInfo()
    if (continueAsNewSuggested || historyLength > longestHistory) {
      await continueAsNew<typeof sensor>({ codeLocation, name, waitMs: isWoken ? 0 : step.waitMs })
    }
    if (step.ended !== true) await condition(() => isWoken, step.waitMs)
  }
}

/** History at which the workflow continues as new: some 180 evaluations. A short one is quick to replay on another worker. Unit: events. */
const longestHistory = 2_000
