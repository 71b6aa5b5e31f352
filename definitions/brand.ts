/**
 * Marks what the definers return. A symbol from the global registry rather than a class, because the command line and a
 * user's project may load two copies of this package, and `instanceof` would then say no to its own kind.
 */
export const kindOf: unique symbol = Symbol.for('assetry/kind') as never

/** Every kind of thing a definer returns. */
export type Kind =
  | 'asset'
  | 'asset-check'
  | 'multi-asset'
  | 'observation'
  | 'op'
  | 'graph'
  | 'wire'
  | 'mapped-wire'
  | 'dynamic-output'
  | 'input'
  | 'output'
  | 'resource'
  | 'configured-resource'
  | 'env'
  | 'io-manager'
  | 'job'
  | 'schedule'
  | 'sensor'
  | 'run-request'
  | 'skip'
  | 'selection'
  | 'definitions'
  | 'partitions'
  | 'backfill-policy'
  | 'freshness-policy'
  | 'partition-mapping'
  | 'metadata-value'
  | 'error'

/** An object that carries its kind. */
export interface Branded<TKind extends Kind> {
  readonly [kindOf]: TKind
}

/** Whether `value` was made by the definer of that kind, in this or another copy of the package. */
export function hasKind<TKind extends Kind>(value: unknown, kind: TKind): value is Branded<TKind> {
  const mayHaveKind = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return mayHaveKind && (value as Partial<Branded<TKind>>)[kindOf] === kind
}
