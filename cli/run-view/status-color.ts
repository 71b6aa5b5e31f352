import type { Colors } from '../terminal.ts'

/** The colour that the status of an asset, a run or a step is shown in. */
export function statusColor(status: string, colors: Colors): (text: string) => string {
  if (status === 'SUCCESS' || status === 'MATERIALIZED') return colors.green
  if (status === 'FAILURE' || status === 'FAILED') return colors.red
  if (atWork.includes(status)) return colors.cyan
  return colors.dim
}

const atWork: readonly string[] = ['STARTED', 'START', 'CANCELING', 'UP_FOR_RETRY', 'RUNNING']
