import type { AssetKey } from './asset-key.ts'
import type { SelectionNode, SelectionStatus } from './selection-syntax.ts'

/** How assets stand just now: the statuses that hold for each. An asset that is not in it has none. */
export type StatusFacts = ReadonlyMap<AssetKey, ReadonlySet<SelectionStatus>>

/** Whether a selection can't be resolved without {@link StatusFacts}. */
export function usesStatus(node: SelectionNode): boolean {
  if ('operands' in node) return node.operands.some(usesStatus)
  return 'operand' in node ? usesStatus(node.operand) : node.type === 'status'
}

/** The statuses that a selection is after, in the order named, each once. What stands under a `not` is what it is not after. */
export function wantedStatuses(node: SelectionNode): readonly SelectionStatus[] {
  return [...new Set(statusesWanted(node, true))]
}

function statusesWanted(node: SelectionNode, wanted: boolean): readonly SelectionStatus[] {
  if ('operands' in node) return node.operands.flatMap((operand) => statusesWanted(operand, wanted))
  if ('operand' in node) return statusesWanted(node.operand, node.type === 'not' ? !wanted : wanted)
  return node.type === 'status' && wanted ? [node.status] : []
}

/** A selection of all that `node` could mean, however the assets stood: what it asks of their status always holds. */
export function withAnyStatus(node: SelectionNode, holds = true): SelectionNode {
  if ('operands' in node) return { ...node, operands: node.operands.map((operand) => withAnyStatus(operand, holds)) }
  if (node.type === 'not') return { ...node, operand: withAnyStatus(node.operand, !holds) }
  if (node.type === 'traverse') return { ...node, operand: withAnyStatus(node.operand, holds) }
  if (node.type !== 'status') return node
  return holds ? { type: 'all' } : { type: 'not', operand: { type: 'all' } }
}
