/** An event that waits for its sensor. */
export interface WaitingEvent {
  readonly number: string
  readonly key: string
  readonly event: unknown
  readonly receivedAt: Date
}

export interface SensorEventStore {
  /** Keeps events for a sensor, each key once. In their order: whether it is new. */
  receive(
    sensor: { readonly codeLocation: string; readonly name: string },
    events: readonly { readonly key: string; readonly event: unknown }[],
  ): Promise<readonly { readonly key: string; readonly created: boolean }[]>
  /** Those that no tick has taken, oldest first. */
  waiting(sensor: { readonly codeLocation: string; readonly name: string }, limit: number): Promise<readonly WaitingEvent[]>
  /** How many events wait for each sensor for which any do. */
  counts(): Promise<readonly { readonly codeLocation: string; readonly name: string; readonly count: number }[]>
}
