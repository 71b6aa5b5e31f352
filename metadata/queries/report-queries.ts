import { createHash, randomUUID } from 'node:crypto'
import { AssetryError } from '../../definitions/errors.ts'
import type { Database } from '../database.ts'
import type { NewReport, ReportStore } from '../stores/report-store.ts'
import { storableJson, storableText } from '../storable-json.ts'

export function reportStore(database: Database): ReportStore {
  return { record: (report, idempotencyKey) => record(database, report, idempotencyKey) }
}

interface Answer {
  readonly id: number
  readonly created: boolean
  readonly hash: string
}

async function record(
  database: Database,
  report: NewReport,
  idempotencyKey: string | null,
): Promise<{ readonly id: string; readonly created: boolean }> {
  // The call's own number lets a repeated statement find what it has recorded.
  const call = randomUUID()
  const key = idempotencyKey === null ? `call:${call}` : `key:${storableText(idempotencyKey)}`
  const text = storableJson(report)
  const hash = reportHash(text)
  const answer = (await database.call('record_report', [text, key, call, hash])) as Answer
  if (answer.hash !== hash) throw keyReused(idempotencyKey, report)
  return { id: String(answer.id), created: answer.created }
}

/** Names a report by its JSON, so that a key that comes again with another is noticed. */
export function reportHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function keyReused(idempotencyKey: string | null, { kind, assetKey }: NewReport): AssetryError {
  return new AssetryError(
    'IDEMPOTENCY_KEY_REUSED',
    `The idempotency key "${idempotencyKey}" came with another event before than this ${kind} of asset "${assetKey}". ` +
      `Nothing was recorded: use a new key for each event.`,
    { facts: { idempotencyKey, kind, assetKey } },
  )
}
