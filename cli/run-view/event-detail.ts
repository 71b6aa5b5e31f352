import type { RunEvent, RunEventData, RunEventType } from '../../client/index.ts'
import { durationText } from '../duration-text.ts'
import { highlights, rowsText } from '../metadata-text.ts'
import { checkText, checkWord, type ShownCheck } from './check-text.ts'
import { skipText } from './skip-text.ts'

/** What an entry of a run's log says besides when, what and of which asset or step. */
export function eventDetail(event: RunEvent): string {
  const detail = details[event.type]
  return detail === undefined ? (event.data.reason ?? '') : detail(event.data, event)
}

/** What a check found, as the log tells it. */
export function evaluationOf({ passed = false, severity = 'ERROR', description = null, metadata = {} }: RunEventData): ShownCheck {
  return { passed, severity, description, metadata }
}

const details: Readonly<Partial<Record<RunEventType, (data: RunEventData, event: RunEvent) => string>>> = {
  STEP_START: ({ worker }, { attempt }) => joined(attempt !== null && attempt > 1 ? `attempt ${attempt}` : '', worker ?? ''),
  ASSET_MATERIALIZATION: ({ durationMs, metadata = {} }) => {
    const rows = rowsText(metadata)
    return joined(timeText(durationMs), rows === '' ? '' : `${rows} ${rows === '1' ? 'row' : 'rows'}`, highlights(metadata))
  },
  ASSET_OBSERVATION: ({ dataVersion, metadata = {} }) =>
    joined(typeof dataVersion === 'string' ? `version ${dataVersion}` : '', highlights(metadata)),
  ASSET_CHECK_EVALUATION: (data) => {
    const check = evaluationOf(data)
    const isBlocking = data.blocking === true && !check.passed
    return joined(checkWords[checkWord(check)] + (isBlocking ? ', blocking' : ''), checkText(check))
  },
  STEP_SUCCESS: ({ durationMs, metadata = {} }) => joined(timeText(durationMs), highlights(metadata)),
  STEP_UP_FOR_RETRY: ({ retryInMs }) => (typeof retryInMs === 'number' ? `next attempt in ${durationText(retryInMs)}` : ''),
  STEP_SKIPPED: ({ because, why }) => skipText({ because: because ?? null, why: why ?? null }),
}

const checkWords = { PASSED: 'passed', FAILED: 'failed', WARN: 'failed, severity WARN' } as const

function timeText(ms: number | null | undefined): string {
  return typeof ms === 'number' ? durationText(ms) : ''
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}
