import type { InstigatorStatus } from '../../definitions/sensor-options.ts'

/** What may start runs. */
export type InstigatorKind = 'SCHEDULE' | 'SENSOR'

/** Names what may start runs. */
export interface InstigatorName {
  readonly codeLocation: string
  readonly kind: InstigatorKind
  readonly name: string
}

/** How it stands with a schedule or a sensor. */
export interface Instigator extends InstigatorName {
  /** Null until somebody has started or stopped it: then its definition says. */
  readonly status: InstigatorStatus | null
  /** Why it has that status, where nobody has asked for it. */
  readonly reason: string | null
  readonly cursor: string | null
  /** Ticks in a row that failed. */
  readonly failures: number
  readonly changedAt: Date
}

export interface InstigatorStore {
  get(name: InstigatorName): Promise<Instigator | undefined>
  /** All of a code location, or of all. */
  list(codeLocation?: string): Promise<readonly Instigator[]>
  /** Starts or stops it; null gives it back to its definition. */
  setStatus(name: InstigatorName, status: InstigatorStatus | null, reason?: string): Promise<void>
  /** Puts another cursor in place; a tick that is at work does not overwrite it. */
  setCursor(name: InstigatorName, cursor: string | null): Promise<void>
  /** Gives its state, ticks, run keys and events to the new name. False where something is known under that name already. */
  rename(name: InstigatorName, newName: string): Promise<boolean>
}
