import type { AssetKey } from '../definitions/asset-key.ts'
import { type AssetSelection, parseSelection, printSelection } from '../definitions/asset-selection.ts'
import { AssetryError, type Finding } from '../definitions/errors.ts'
import { type SelectableAsset, selectedKeys } from '../definitions/selection-evaluation.ts'
import { selectionFindings } from '../definitions/selection-findings.ts'
import { type StatusFacts, usesStatus } from '../definitions/selection-status.ts'
import { buildAssetGraph } from './asset-graph.ts'

/**
 * The keys of the assets that a selection means, each after those it needs.
 *
 * @param assets - the assets of a snapshot, or of definitions
 * @param facts - how the assets stand, for `status:`. @default not known
 * @throws `SELECTION_SYNTAX`; `UNKNOWN_ASSET` naming every key that no asset has, with the nearest ones; `EMPTY_SELECTION`
 * where nothing is selected, with what there is to select; `STATUS_UNKNOWN` for `status:` without facts; `NOTHING_TO_DO` where
 * nothing is selected because no asset stands so just now
 */
export function resolveSelection(
  assets: readonly SelectableAsset[],
  selection: AssetSelection | string,
  facts?: StatusFacts,
): readonly AssetKey[] {
  const parsed = parsedSelection(selection)
  const findings = selectionFindings(assets, parsed, facts)
  if (findings[0] !== undefined) throw refused(parsed, findings[0], findings)
  const selected = selectedKeys(assets, parsed.node, facts)
  return buildAssetGraph(assets).order.filter((key) => selected.has(key))
}

/**
 * Whether {@link resolveSelection} needs to be told how the assets stand. Reading that takes time, so it is asked first.
 *
 * @throws `SELECTION_SYNTAX`
 */
export function needsStatus(selection: AssetSelection | string): boolean {
  return usesStatus(parsedSelection(selection).node)
}

function parsedSelection(selection: AssetSelection | string): AssetSelection {
  return typeof selection === 'string' ? parseSelection(selection) : selection
}

function refused(selection: AssetSelection, first: Finding, findings: readonly Finding[]): AssetryError {
  const message = findings.map((finding) => finding.message).join('\n')
  return new AssetryError(first.code, message, { facts: { selection: printSelection(selection), findings } })
}
