import type { LogLine } from '../metadata/stores/step-store.ts'
import type { RecordedRunRequest, Tick as StoredTick } from '../metadata/stores/tick-store.ts'
import type { TickPreview as Preview } from '../workflows/tick-preview.ts'
import type { RunRequest, Tick, TickDetail, TickPreview } from './contract/tick.ts'
import { plain } from './wire-json.ts'

/** A tick as the API shows it. */
export function wireTick({ scheduledAt, startedAt, endedAt, ...facts }: StoredTick): Tick {
  return plain<Tick>({
    ...facts,
    scheduledAt: scheduledAt?.toISOString() ?? null,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  })
}

/** A tick with what it asked for and logged. */
export function wireTickDetail(tick: StoredTick, requests: readonly RecordedRunRequest[], logs: readonly LogLine[]): TickDetail {
  return { ...wireTick(tick), runRequests: requests.map(wireRequest), logs: plain<TickDetail['logs']>(logs) }
}

function wireRequest({ runKey, status, request, runId, backfillId, error }: RecordedRunRequest): RunRequest {
  const { job = null, selection = null, partitionKey = null, partitions = null, runConfig = {}, tags = {} } = request
  return plain<RunRequest>({
    runKey,
    status,
    job,
    selection,
    partitionKey,
    partitions,
    runConfig,
    tags,
    runId,
    backfillId,
    error,
  })
}

/** What a tick would come to, as the API shows it. */
export function wirePreview({ scheduledAt, requests, skipReason, cursor, error, logs }: Preview): TickPreview {
  return {
    scheduledAt: scheduledAt ?? null,
    requests: plain<TickPreview['requests']>(requests.map(({ request, ...each }) => ({ ...each, request: { ...request } }))),
    skipReason,
    cursor,
    error: error && { name: error.name, message: error.message, stack: error.stack, code: error.code },
    logs: logs.map(({ time, level, message }) => ({ time, level, message })),
  }
}
