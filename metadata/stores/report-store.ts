import type { NewCheckEvaluation } from './check-store.ts'
import type { NewMaterialization } from './materialization-store.ts'
import type { NewObservation } from './observation-store.ts'

/** An event of an asset that happened outside of every run. */
export type NewReport =
  | ({ readonly kind: 'materialization' } & NewMaterialization)
  | ({ readonly kind: 'observation' } & NewObservation)
  | ({ readonly kind: 'check' } & NewCheckEvaluation)

export interface ReportStore {
  /**
   * Records an event from outside. A second one with the same idempotency key is the first: `created: false`.
   * @throws `IDEMPOTENCY_KEY_REUSED` where the key came with another event before
   */
  record(report: NewReport, idempotencyKey: string | null): Promise<{ readonly id: string; readonly created: boolean }>
}
