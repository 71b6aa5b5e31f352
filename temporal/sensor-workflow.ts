import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type WorkflowStartOptions } from '@temporalio/client'
import { sensorWakeSignal, sensorWorkflowId, sensorWorkflowType, taskQueueOf } from '../workflows/names.ts'
import type { SensorInput } from '../workflows/run-input.ts'

/** Starts a sensor's workflow, or wakes the one there is. May be repeated. */
export async function startSensorWorkflow(client: Client, sensor: SensorInput): Promise<void> {
  await client.workflow.signalWithStart(sensorWorkflowType, { ...optionsOf(sensor), signal: sensorWakeSignal })
}

/** Starts a sensor's workflow where there is none; one that is there is left alone. */
export async function keepSensorWorkflow(client: Client, sensor: SensorInput): Promise<void> {
  try {
    await client.workflow.start(sensorWorkflowType, { ...optionsOf(sensor), workflowIdConflictPolicy: 'USE_EXISTING' })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

function optionsOf(sensor: SensorInput): WorkflowStartOptions & { readonly args: [SensorInput] } {
  const { codeLocation, name } = sensor
  return {
    workflowId: sensorWorkflowId(codeLocation, name),
    taskQueue: taskQueueOf(codeLocation),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `sensor ${name}`,
    args: [sensor],
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
