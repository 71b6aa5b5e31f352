import type { AssetKey } from './asset-key.ts'
import { type AssetNode, dependencyEdges, type DependencyEdges, type Neighbours, reachable } from './dependencies.ts'
import type { StatusFacts } from './selection-status.ts'
import type { SelectionDepth, SelectionNode } from './selection-syntax.ts'
import type { Tags } from './tags.ts'

/** An asset as far as selections look at it. */
export interface SelectableAsset extends AssetNode {
  readonly group: string
  readonly tags: Tags
  readonly kinds: readonly string[]
  readonly owners: readonly string[]
}

/**
 * The keys of the assets that a selection means. Unknown keys mean nothing here; see `unknownKeys`.
 *
 * @param facts - how the assets stand, for `status:`. @default none has any status
 */
export function selectedKeys(assets: readonly SelectableAsset[], node: SelectionNode, facts?: StatusFacts): ReadonlySet<AssetKey> {
  return evaluate({ assets, edges: dependencyEdges(assets), facts }, node)
}

/** Keys that a selection names and no asset has, in the order named, each once. */
export function unknownKeys(assets: readonly SelectableAsset[], node: SelectionNode): readonly AssetKey[] {
  const known = new Set(assets.map((asset) => asset.key))
  return [...new Set(namedKeys(node))].filter((key) => !known.has(key))
}

interface World {
  readonly assets: readonly SelectableAsset[]
  readonly edges: DependencyEdges
  readonly facts: StatusFacts | undefined
}

function evaluate(world: World, node: SelectionNode): ReadonlySet<AssetKey> {
  switch (node.type) {
    case 'traverse': {
      const start = evaluate(world, node.operand)
      const upstream = walked(world.edges.upstream, start, node.upstream)
      return new Set([...start, ...upstream, ...walked(world.edges.downstream, start, node.downstream)])
    }
    case 'not': {
      const excluded = evaluate(world, node.operand)
      return keysWhere(world, (asset) => !excluded.has(asset.key))
    }
    case 'and': {
      const sets = node.operands.map((operand) => evaluate(world, operand))
      return keysWhere(world, (asset) => sets.every((set) => set.has(asset.key)))
    }
    case 'or':
      return evaluateAny(world, node.operands)
    default:
      return keysWhere(world, matcherOf(world, node))
  }
}

/** Exact keys are looked up together: a selection of thousands of keys is ordinary. */
function evaluateAny(world: World, operands: readonly SelectionNode[]): ReadonlySet<AssetKey> {
  const exact = new Set(operands.flatMap(exactKey))
  const sets = operands.filter((operand) => exactKey(operand).length === 0).map((operand) => evaluate(world, operand))
  return keysWhere(world, (asset) => exact.has(asset.key) || sets.some((set) => set.has(asset.key)))
}

type AttributeNode = Exclude<SelectionNode, { readonly type: 'traverse' | 'not' | 'and' | 'or' }>

function matcherOf({ facts }: World, node: AttributeNode): (asset: SelectableAsset) => boolean {
  switch (node.type) {
    case 'all':
      return () => true
    case 'key':
      return (asset) => matchesPattern(node.pattern, asset.key)
    case 'group':
      return (asset) => matchesPattern(node.pattern, asset.group)
    case 'kind':
      return (asset) => asset.kinds.some((kind) => matchesPattern(node.pattern, kind))
    case 'owner':
      return (asset) => asset.owners.some((owner) => matchesPattern(node.pattern, owner))
    case 'tag':
      return (asset) => Object.entries(asset.tags).some(([key, value]) => matchesTag(node, key, value))
    case 'status':
      return (asset) => facts?.get(asset.key)?.has(node.status) ?? false
  }
}

function matchesTag(wanted: { readonly key: string; readonly value: string | null }, key: string, value: string): boolean {
  return matchesPattern(wanted.key, key) && (wanted.value === null || matchesPattern(wanted.value, value))
}

function keysWhere(world: World, holds: (asset: SelectableAsset) => boolean): ReadonlySet<AssetKey> {
  return new Set(world.assets.filter(holds).map((asset) => asset.key))
}

function walked(neighbours: Neighbours, start: Iterable<AssetKey>, depth: SelectionDepth | undefined): Iterable<AssetKey> {
  return depth === undefined ? [] : reachable(neighbours, start, depth === 'all' ? Infinity : depth)
}

function namedKeys(node: SelectionNode): readonly AssetKey[] {
  if ('operands' in node) return node.operands.flatMap(namedKeys)
  return 'operand' in node ? namedKeys(node.operand) : exactKey(node)
}

function exactKey(node: SelectionNode): readonly AssetKey[] {
  return node.type === 'key' && !node.pattern.includes('*') ? [node.pattern] : []
}

/**
 * Whether a text matches a pattern in which `*` stands for any run of characters. Looks for the pieces between the stars
 * from left to right, which takes linear time; a regular expression made from a stranger's pattern may take for ever.
 */
function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*')
  const last = pieces.pop()
  if (last === undefined) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let at = first.length
  for (const piece of pieces) {
    const found = text.indexOf(piece, at)
    if (found === -1 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
