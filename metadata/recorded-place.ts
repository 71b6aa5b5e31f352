/** Where a row stands, and what it is about, as the tables have it. */
export interface PlacedRow {
  readonly number: number
  readonly runId: string
  readonly stepKey: string
  readonly partitionKey: string
}

/** The same as the store gives it. */
export interface RecordedPlace {
  readonly id: string
  readonly runId: string | null
  readonly stepKey: string | null
  readonly partitionKey: string | null
}

/** What a row says, with its place as the store gives it: without a run where it was reported from outside. */
export function placed<TRow extends PlacedRow>(row: TRow): Omit<TRow, keyof PlacedRow> & RecordedPlace {
  const { number, runId, stepKey, partitionKey, ...facts } = row
  return { ...facts, id: String(number), runId: runIdOf(runId), stepKey: stepKey || null, partitionKey: partitionKey || null }
}

/** The run of a log: null for the log of a report, which has one entry and belongs to no run. */
export function runIdOf(log: string): string | null {
  return log.startsWith('report:') ? null : log
}
