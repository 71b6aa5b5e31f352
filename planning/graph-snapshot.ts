import type { NodeOutput, WireSource } from '../definitions/graph-node.ts'
import type { Json } from '../definitions/metadata-value.ts'
import type { RetryPolicy } from '../definitions/retry-policy.ts'

/** A composed graph as data: the ops of a job, or those that make a graph asset. */
export interface GraphSnapshot {
  /** Each comes after those it needs. */
  readonly nodes: readonly GraphNodeSnapshot[]
  /** The output that is the asset; null for a job. */
  readonly result: NodeOutput | null
}

/** One invocation of an op. */
export interface GraphNodeSnapshot {
  readonly path: string
  /** Name of the op. */
  readonly op: string
  readonly description: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly inputs: readonly { readonly name: string; readonly fanIn: boolean; readonly sources: readonly WireSource[] }[]
  readonly outputs: readonly { readonly name: string; readonly optional: boolean }[]
  readonly after: readonly string[]
  readonly over: readonly NodeOutput[]
  readonly resources: readonly string[]
  readonly retries: RetryPolicy | null
  readonly timeoutMs: number | null
  readonly heartbeatTimeoutMs: number | null
  readonly codeVersion: string | null
  /** Null where it takes no config. `acceptsNone`: a run may leave its config out. */
  readonly config: { readonly acceptsNone: boolean; readonly jsonSchema: Json | null } | null
}
