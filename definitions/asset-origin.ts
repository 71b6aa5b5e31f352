import type { AssetKey } from './asset-key.ts'
import type { ComposedGraph } from './graph-node.ts'

/** How the data of an asset comes to be. */
export type AssetOrigin =
  /** By its own `materialize`. */
  | { readonly kind: 'function'; readonly run: (inputs: never, context: never) => unknown }
  /** By a step that makes several assets; `output` is this one's name there. */
  | { readonly kind: 'multi-asset'; readonly step: MultiAssetStep; readonly output: string }
  /** By a graph of ops, each a step of its own. */
  | { readonly kind: 'graph'; readonly graph: ComposedGraph }
  /** Outside: it is declared, never run, and its events are reported. */
  | { readonly kind: 'external' }
  /** Outside, and looked at by a function that says which version it has. */
  | { readonly kind: 'observable'; readonly observe: (inputs: never, context: never) => unknown }

/** What the assets of a multi-asset share. */
export interface MultiAssetStep {
  /** Key of the step; unique among assets and multi-assets. */
  readonly name: string
  /** Whether a run may make some of the assets without the others. */
  readonly subsettable: boolean
  /** By the name that `materialize` returns them under. `optional`: not returning it is no error. */
  readonly outputs: Readonly<Record<string, { readonly key: AssetKey; readonly optional: boolean }>>
  readonly materialize: (inputs: never, context: never) => unknown
}
