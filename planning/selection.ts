import type { AssetKey } from '../definitions/asset-key.ts'
import { type AssetSelection, parseSelection, printSelection } from '../definitions/asset-selection.ts'
import { AssetryError, type Finding } from '../definitions/errors.ts'
import { type SelectableAsset, selectedKeys } from '../definitions/selection-evaluation.ts'
import { selectionFindings } from '../definitions/selection-findings.ts'
import { buildAssetGraph } from './asset-graph.ts'

/**
 * The keys of the assets that a selection means, each after those it needs.
 *
 * @param assets - the assets of a snapshot, or of definitions
 * @throws `SELECTION_SYNTAX`; `UNKNOWN_ASSET` naming every key that no asset has, with the nearest ones; `EMPTY_SELECTION`
 * where nothing is selected, with what there is to select
 */
export function resolveSelection(assets: readonly SelectableAsset[], selection: AssetSelection | string): readonly AssetKey[] {
  const parsed = typeof selection === 'string' ? parseSelection(selection) : selection
  const findings = selectionFindings(assets, parsed)
  if (findings[0] !== undefined) throw refused(parsed, findings[0], findings)
  const selected = selectedKeys(assets, parsed.node)
  return buildAssetGraph(assets).order.filter((key) => selected.has(key))
}

function refused(selection: AssetSelection, first: Finding, findings: readonly Finding[]): AssetryError {
  const message = findings.map((finding) => finding.message).join('\n')
  return new AssetryError(first.code, message, { facts: { selection: printSelection(selection), findings } })
}
