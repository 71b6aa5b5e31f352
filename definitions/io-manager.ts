import { type Branded, hasKind, kindOf } from './brand.ts'
import type { AssetKey } from './asset-key.ts'
import { AssetryError } from './errors.ts'
import type { Logger } from './logger.ts'
import type { Metadata, MetadataInput } from './metadata-value.ts'
import { definitionName } from './name.ts'

/** Which value an IO manager is asked for. */
export interface StoredValue {
  readonly assetKey: AssetKey
  /** Undefined where the asset has no partitions. */
  readonly partitionKey: string | undefined
}

/** What `save` gets beside the value. */
export interface SaveContext extends StoredValue {
  readonly runId: string
  readonly stepKey: string
  /** The asset's metadata of its definition. */
  readonly definitionMetadata: Metadata
  readonly log: Logger
  readonly signal: AbortSignal
  /** Adds to the materialization's metadata. */
  addMetadata(metadata: Readonly<Record<string, MetadataInput>>): void
  /**
   * Resolves while this attempt of the step may still write. Await it as late as possible, right before the value
   * becomes visible: an attempt that was given up and replaced by a later one must not overwrite what that one wrote.
   *
   * @throws `STEP_FENCED`
   */
  confirm(): Promise<void>
}

/** What `load` gets. */
export interface LoadContext extends StoredValue {
  /** The asset that reads the value. */
  readonly downstreamKey: AssetKey | undefined
  /** Metadata of the input, where it was declared by `input(asset, { metadata })`. */
  readonly inputMetadata: Metadata
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Stores the values of assets and gives them back. */
export interface IOManager extends Branded<'io-manager'> {
  readonly name: string
  /** Must be atomic: after a crash on any line, `load` gives the old value or the new one. */
  save(context: SaveContext, value: unknown): unknown
  /** @throws `VALUE_NOT_FOUND` where nothing was saved */
  load(context: LoadContext): unknown
}

/** What {@link ioManager} takes. */
export interface IOManagerOptions {
  readonly name: string
  readonly save: (context: SaveContext, value: unknown) => unknown
  readonly load: (context: LoadContext) => unknown
}

/**
 * Declares an IO manager.
 *
 * @throws `INVALID_NAME`
 */
export function ioManager(options: IOManagerOptions): IOManager {
  return { [kindOf]: 'io-manager', name: definitionName('IO manager', options.name), save: options.save, load: options.load }
}

export function isIOManager(value: unknown): value is IOManager {
  return hasKind(value, 'io-manager')
}

/**
 * The IO manager that was given as the option `ioManager`, if any.
 *
 * @param owner - whose option it is, for the error's text
 * @throws `INVALID_OPTION`
 */
export function ioManagerOption(owner: string, given: IOManager | undefined): IOManager | undefined {
  if (given === undefined || isIOManager(given)) return given
  throw new AssetryError('INVALID_OPTION', `${owner}: ioManager was not made by ioManager() or by one of the managers of assetry/io.`, {
    facts: { owner },
  })
}
