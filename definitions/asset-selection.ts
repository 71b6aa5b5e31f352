import { type AnyAsset, isAsset } from './asset.ts'
import type { AssetKey } from './asset-key.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'
import { parseSelectionNode } from './selection-parser.ts'
import { printSelectionNode } from './selection-printer.ts'
import {
  joinedNode,
  keyNode,
  type SelectionDepth,
  type SelectionNode,
  type SelectionStatus,
  selectionStatus,
  selectionStatuses,
} from './selection-syntax.ts'

/** Which assets are meant, by what is said about them. Made by the functions of the same name, or read from text. */
export interface AssetSelection extends Branded<'selection'> {
  readonly node: SelectionNode
  /** Assets that are in all of them. */
  and(...others: readonly AssetSelection[]): AssetSelection
  /** Assets that are in any of them. */
  or(...others: readonly AssetSelection[]): AssetSelection
  /** All other assets. */
  not(): AssetSelection
  /** These assets and what they depend on. @param depth - steps, 1 or more. @default all */
  upstream(depth?: number): AssetSelection
  /** These assets and what depends on them. @param depth - steps, 1 or more. @default all */
  downstream(depth?: number): AssetSelection
  /** The selection in the selection language. */
  toString(): string
}

/**
 * Makes selections. Every value may hold `*` for any run of characters; several values mean any of them.
 *
 * @example
 * ```ts
 * AssetSelection.groups('reports').upstream().and(AssetSelection.kinds('csv').not())
 * ```
 */
export const AssetSelection = {
  /** Every asset. */
  all: (): AssetSelection => selectionOf({ type: 'all' }),
  /** @throws `INVALID_OPTION` without a key */
  keys: (...keys: readonly (AssetKey | AnyAsset)[]): AssetSelection => anyOf('keys', keys.map(keyOf), keyNode),
  /** @throws `INVALID_OPTION` without a group */
  groups: (...groups: readonly string[]): AssetSelection => anyOf('groups', groups, (pattern) => ({ type: 'group', pattern })),
  /** Assets with the tag; with any value of it where none is given. */
  tag: (key: string, value?: string): AssetSelection => selectionOf({ type: 'tag', key, value: value ?? null }),
  /** @throws `INVALID_OPTION` without a kind */
  kinds: (...kinds: readonly string[]): AssetSelection => anyOf('kinds', kinds, (pattern) => ({ type: 'kind', pattern })),
  /** @throws `INVALID_OPTION` without an owner */
  owners: (...owners: readonly string[]): AssetSelection => anyOf('owners', owners, (pattern) => ({ type: 'owner', pattern })),
  /**
   * Assets that stand so just now. Only a server knows it: for requests, not for jobs.
   *
   * @throws `INVALID_OPTION` without a status, or for one that there isn't
   */
  status: (...statuses: readonly SelectionStatus[]): AssetSelection => anyOf('status', statuses, statusNode),
} as const

/**
 * Reads a selection: `group:reports and not +raw/orders`.
 *
 * @throws `SELECTION_SYNTAX` with a mark under the place
 */
export function parseSelection(text: string): AssetSelection {
  return selectionOf(parseSelectionNode(text))
}

/** Writes a selection; `parseSelection` of the text gives the same selection. */
export function printSelection(selection: AssetSelection): string {
  return printSelectionNode(selection.node)
}

export function isAssetSelection(value: unknown): value is AssetSelection {
  return hasKind(value, 'selection')
}

function selectionOf(node: SelectionNode): AssetSelection {
  return {
    [kindOf]: 'selection',
    node,
    and: (...others) => selectionOf(joinedNode('and', [node, ...others.map((other) => other.node)])),
    or: (...others) => selectionOf(joinedNode('or', [node, ...others.map((other) => other.node)])),
    not: () => selectionOf({ type: 'not', operand: node }),
    upstream: (depth) => selectionOf({ type: 'traverse', operand: node, upstream: depthOf('upstream', depth) }),
    downstream: (depth) => selectionOf({ type: 'traverse', operand: node, downstream: depthOf('downstream', depth) }),
    toString: () => printSelectionNode(node),
  }
}

function anyOf(method: string, values: readonly string[], nodeOf: (value: string) => SelectionNode): AssetSelection {
  if (values.length === 0) {
    throw new AssetryError('INVALID_OPTION', `AssetSelection.${method}() was called with nothing to select. Give it at least one.`)
  }
  return selectionOf(joinedNode('or', values.map(nodeOf)))
}

function statusNode(given: string): SelectionNode {
  const status = selectionStatus(given)
  if (status !== undefined) return { type: 'status', status }
  throw new AssetryError(
    'INVALID_OPTION',
    `AssetSelection.status(): ${JSON.stringify(given)} is none of ${selectionStatuses.join(', ')}.`,
    {
      facts: { status: given },
    },
  )
}

function keyOf(given: AssetKey | AnyAsset): AssetKey {
  if (isAsset(given)) return given.key
  if (typeof given === 'string') return given
  throw new AssetryError(
    'INVALID_OPTION',
    `AssetSelection.keys() was given ${String(given)}, which is neither an asset nor a key. ` +
      `A module that imports itself in a circle gives undefined here.`,
  )
}

function depthOf(method: string, depth: number | undefined): SelectionDepth {
  if (depth === undefined) return 'all'
  if (Number.isSafeInteger(depth) && depth >= 1) return depth
  throw new AssetryError('INVALID_OPTION', `${method}(${depth}): a depth is a whole number of 1 or more. Leave it out for all.`)
}
