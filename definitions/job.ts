import { type AssetSelection, isAssetSelection, parseSelection } from './asset-selection.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import { compose } from './compose.ts'
import type { RunConfig } from './config.ts'
import { AssetryError } from './errors.ts'
import type { GraphResult } from './graph.ts'
import type { ComposedGraph } from './graph-node.ts'
import { definitionName } from './name.ts'
import { type RetryOptions, type RetryPolicy, retryPolicy } from './retry-policy.ts'
import { type Tags, tagsOf } from './tags.ts'

/** What every job takes. */
interface AnyJobOptions {
  readonly name: string
  readonly description?: string
  /** Given to each of its runs. */
  readonly tags?: Tags
  /** The config of its runs, where a run brings none of its own. */
  readonly runConfig?: RunConfig
}

/** What {@link assetJob} takes. */
export interface AssetJobOptions extends AnyJobOptions {
  /** The assets it materializes: `'group:reports'`, or an `AssetSelection`. */
  readonly selection: string | AssetSelection
}

/** What {@link job} takes. */
export interface GraphJobOptions extends AnyJobOptions {
  /** Retries of its ops that set none of their own. @default none */
  readonly retries?: RetryOptions
  /** Invokes ops and says what is wired to what. It runs once, now. */
  readonly graph: () => GraphResult
}

/** What every job has. */
interface AnyJob extends Branded<'job'> {
  readonly name: string
  readonly description: string | undefined
  readonly tags: Tags
  readonly runConfig: RunConfig
}

/** A named selection of assets to be materialized together. */
export interface AssetJob extends AnyJob {
  readonly kind: 'assets'
  /** @throws `SELECTION_SYNTAX` where its text can't be read; `definitions()` reports that beside everything else */
  readonly selection: AssetSelection
}

/** A graph of ops to be run together. */
export interface GraphJob extends AnyJob {
  readonly kind: 'graph'
  readonly graph: ComposedGraph
  /** Retries of its ops that set none of their own. */
  readonly retries: RetryPolicy | undefined
}

/** Something to run by name: a selection of assets, or a graph of ops. */
export type Job = AssetJob | GraphJob

/**
 * Declares a job that materializes a selection of assets.
 *
 * @example
 * ```ts
 * const nightly = assetJob({ name: 'nightly', selection: 'group:reports and not tag:slow' })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`. A selection that can't be read is a finding of `definitions()`
 */
export function assetJob(options: AssetJobOptions): AssetJob {
  const name = definitionName('job', options.name)
  const given = selectionOption(name, options.selection)
  let parsed: AssetSelection | undefined
  return {
    [kindOf]: 'job',
    kind: 'assets',
    name,
    description: options.description,
    tags: tagsOf(`job "${name}"`, options.tags ?? {}),
    get selection() {
      parsed ??= typeof given === 'string' ? parseSelection(given) : given
      return parsed
    },
    runConfig: options.runConfig ?? {},
  }
}

/**
 * Declares a job that runs a graph of ops.
 *
 * @example
 * ```ts
 * const myPipeline = job({
 *   name: 'my_pipeline',
 *   graph: () => saveData({ data: filterData({ data: fetchData() }) }),
 * })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`, `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`
 */
export function job(options: GraphJobOptions): GraphJob {
  const name = definitionName('job', options.name)
  const owner = `job "${name}"`
  if (typeof options.graph !== 'function') {
    throw new AssetryError(
      'INVALID_OPTION',
      `${owner}: graph is ${typeof options.graph}, not a function. For a job on assets use assetJob().`,
      {
        facts: { job: name },
      },
    )
  }
  return {
    [kindOf]: 'job',
    kind: 'graph',
    name,
    description: options.description,
    tags: tagsOf(owner, options.tags ?? {}),
    runConfig: options.runConfig ?? {},
    retries: options.retries && retryPolicy(options.retries, owner),
    graph: compose(owner, () => options.graph()).graph,
  }
}

export function isJob(value: unknown): value is Job {
  return hasKind(value, 'job')
}

function selectionOption(job: string, selection: string | AssetSelection): string | AssetSelection {
  if (typeof selection === 'string' || isAssetSelection(selection)) return selection
  throw new AssetryError(
    'INVALID_OPTION',
    `job "${job}": selection is neither a text such as 'group:reports' nor an AssetSelection. For single assets use AssetSelection.keys(asset).`,
    { facts: { job } },
  )
}
