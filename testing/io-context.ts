import { randomUUID } from 'node:crypto'
import type { LoadContext, SaveContext } from '../definitions/io-manager.ts'
import { type Metadata, metadataOf, type MetadataInput } from '../definitions/metadata-value.ts'
import { testStepContext } from './step-context.ts'

/** What {@link buildSaveContext} may be told; each has a sensible default. */
export interface SaveContextOptions {
  /** @default 'test' */
  readonly assetKey?: string
  readonly partitionKey?: string
  readonly runId?: string
  readonly definitionMetadata?: Readonly<Record<string, MetadataInput>>
  readonly signal?: AbortSignal
  /** Whether the attempt may still write: throw to refuse it. @default it may */
  readonly confirm?: () => void
}

/** A context for the `save` of an IO manager, and what it added. */
export interface TestSaveContext extends SaveContext {
  /** What `addMetadata` got so far. */
  readonly addedMetadata: Readonly<Record<string, MetadataInput>>
}

/**
 * A context for calling the `save` of an IO manager in a test.
 *
 * @example
 * ```ts
 * await tables.save(buildSaveContext({ assetKey: 'orders' }), rows)
 * ```
 */
export function buildSaveContext(options: SaveContextOptions = {}): TestSaveContext {
  const { log, signal, addMetadata, addedMetadata } = testStepContext(options)
  const assetKey = options.assetKey ?? 'test'
  return {
    assetKey,
    partitionKey: options.partitionKey,
    runId: options.runId ?? randomUUID(),
    stepKey: assetKey,
    definitionMetadata: metadataOf(`asset "${assetKey}"`, options.definitionMetadata ?? {}),
    log,
    signal,
    addMetadata,
    addedMetadata,
    confirm: async () => options.confirm?.(),
  }
}

/** What {@link buildLoadContext} may be told; each has a sensible default. */
export interface LoadContextOptions {
  /** @default 'test' */
  readonly assetKey?: string
  readonly partitionKey?: string
  readonly downstreamKey?: string
  readonly inputMetadata?: Readonly<Record<string, MetadataInput>>
  readonly signal?: AbortSignal
}

/**
 * A context for calling the `load` of an IO manager in a test.
 *
 * @example
 * ```ts
 * const rows = await tables.load(buildLoadContext({ assetKey: 'orders' }))
 * ```
 */
export function buildLoadContext(options: LoadContextOptions = {}): LoadContext {
  const { log, signal } = testStepContext(options)
  const inputMetadata: Metadata = metadataOf('an input', options.inputMetadata ?? {})
  return {
    assetKey: options.assetKey ?? 'test',
    partitionKey: options.partitionKey,
    downstreamKey: options.downstreamKey,
    inputMetadata,
    log,
    signal,
  }
}
