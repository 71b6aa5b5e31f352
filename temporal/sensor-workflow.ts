import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { sensorWakeSignal, sensorWorkflowId, sensorWorkflowType, taskQueueOf } from '../workflows/names.ts'
import type { SensorInput } from '../workflows/run-input.ts'

/** Starts a sensor's workflow, or wakes the one there is. May be repeated. */
export async function startSensorWorkflow(client: Client, { codeLocation, name, waitMs }: SensorInput): Promise<void> {
  const input: SensorInput = { codeLocation, name, ...(waitMs !== undefined && { waitMs }) }
  await client.workflow.signalWithStart(sensorWorkflowType, {
    workflowId: sensorWorkflowId(codeLocation, name),
    taskQueue: taskQueueOf(codeLocation),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    signal: sensorWakeSignal,
    staticSummary: `sensor ${name}`.slice(0, 200),
    args: [input],
  })
}

/** Starts a sensor's workflow where there is none; one that is there is left alone. */
export async function keepSensorWorkflow(client: Client, { codeLocation, name, waitMs }: SensorInput): Promise<void> {
  const input: SensorInput = { codeLocation, name, ...(waitMs !== undefined && { waitMs }) }
  try {
    await client.workflow.start(sensorWorkflowType, {
      workflowId: sensorWorkflowId(codeLocation, name),
      taskQueue: taskQueueOf(codeLocation),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `sensor ${name}`.slice(0, 200),
      args: [input],
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

/** Tells a sensor that there is something for it in the store. One without a workflow is stopped, and finds it when it is started. */
export async function wakeSensor(client: Client, codeLocation: string, name: string): Promise<void> {
  try {
    await client.workflow.getHandle(sensorWorkflowId(codeLocation, name)).signal(sensorWakeSignal)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
