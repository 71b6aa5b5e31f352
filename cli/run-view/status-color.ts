import type { Colors } from '../terminal.ts'

/** The colour that the status of an asset, a check, a run or a step is shown in. */
export function statusColor(status: string, colors: Colors): (text: string) => string {
  if (good.includes(status)) return colors.green
  if (status === 'FAILURE' || status === 'FAILED' || status === 'DEGRADED') return colors.red
  if (status === 'WARN' || status === 'WARNING' || status === 'STALE' || status === 'PAUSED') return colors.yellow
  if (atWork.includes(status)) return colors.cyan
  return colors.dim
}

const good: readonly string[] = ['SUCCESS', 'MATERIALIZED', 'OBSERVED', 'PASSED']

const atWork: readonly string[] = ['STARTED', 'START', 'CANCELING', 'UP_FOR_RETRY', 'RUNNING']
