/** The partitions of a definition that exist at a time; each kind makes them in its own way. Keys are made one by one. */
export interface ExistingPartitions {
  /** In order. */
  readonly keys: () => Iterable<string>
  /** The last first. @param from - the first of them, where it exists */
  readonly backwards: (from?: string) => Iterable<string>
  readonly count: () => number
  readonly has: (key: string) => boolean
  /** From one that exists to another, both included; undefined where the second stands before the first. */
  readonly range: (from: string, to: string) => Iterable<string> | undefined
}
