import type { Finding } from '../definitions/errors.ts'

/** The input of the `previewTick` workflow. Plain JSON. */
export interface PreviewTickInput {
  readonly kind: 'SCHEDULE' | 'SENSOR'
  readonly codeLocation: string
  readonly name: string
  /** Of a schedule: the time that the tick is for. RFC 3339. @default the next */
  readonly scheduledAt?: string
  /** Of a sensor: the cursor it begins with. @default the one it has */
  readonly cursor?: string | null
  /** Of a sensor: what it is given as events. */
  readonly events?: readonly unknown[]
}

/** What a tick would come to. */
export interface TickPreview {
  /** Of a schedule: the time that the tick would be for. */
  readonly scheduledAt?: string
  readonly requests: readonly {
    readonly runKey: string | null
    /** What a launch would be asked for. */
    readonly request: object
    /** Why it would be refused. */
    readonly findings: readonly Finding[]
  }[]
  readonly skipReason: string | null
  readonly cursor: string | null
  readonly error: { readonly name: string; readonly message: string; readonly stack: string | null; readonly code: string | null } | null
  readonly logs: readonly { readonly time: string; readonly level: string; readonly message: string }[]
}
