import type { AssetSelection } from './asset-selection.ts'
import type { Finding } from './errors.ts'
import { didYouMean, listed } from './nearest.ts'
import { type SelectableAsset, selectedKeys, unknownKeys } from './selection-evaluation.ts'
import { printSelectionNode } from './selection-printer.ts'
import { type StatusFacts, usesStatus, wantedStatuses, withAnyStatus } from './selection-status.ts'
import type { SelectionNode } from './selection-syntax.ts'

/** Unknown keys that get a finding each, with the nearest names looked for. Beyond, they are counted. */
const mostUnknownShown = 20

/**
 * What is wrong with a selection from these assets: keys that don't exist, a `status:` that nobody knows, or nothing selected.
 *
 * @param facts - how the assets stand. @default not known: a selection by status is refused
 */
export function selectionFindings(assets: readonly SelectableAsset[], { node }: AssetSelection, facts?: StatusFacts): readonly Finding[] {
  const refused = [...statusFindings(node, facts), ...unknownFindings(assets, unknownKeys(assets, node))]
  if (refused.length > 0) return refused
  if (selectedKeys(assets, node, facts).size > 0) return []
  const another = usesStatus(node) && selectedKeys(assets, withAnyStatus(node)).size > 0
  return [another ? nothingNowFinding(assets, node) : emptyFinding(assets, node)]
}

/**
 * What is wrong with a selection whatever else these assets may lack: keys that no asset has and none depends on, `status:`,
 * or nothing selected while a group that it names doesn't exist.
 */
export function certainSelectionFindings(assets: readonly SelectableAsset[], { node }: AssetSelection): readonly Finding[] {
  const missing = new Set(assets.flatMap((asset) => asset.upstreamKeys))
  const named = unknownKeys(assets, node)
  const unknown = named.filter((key) => !missing.has(key))
  const refused = [...statusFindings(node, undefined), ...unknownFindings(assets, unknown)]
  if (refused.length > 0) return refused
  const groupless = attributesOf(node).some((each) => each.type === 'group' && selectedKeys(assets, each).size === 0)
  return named.length === 0 && groupless && selectedKeys(assets, node).size === 0 ? [emptyFinding(assets, node)] : []
}

function statusFindings(node: SelectionNode, facts: StatusFacts | undefined): readonly Finding[] {
  if (facts !== undefined || !usesStatus(node)) return []
  const message =
    `The selection ${excerpt(printSelectionNode(node))} asks how assets stand, which definitions alone don't say: only a server knows it. ` +
    'Use status: where one is asked: in "assetry asset materialize --select", and over HTTP in GET /assets, GET /lineage and POST /runs.'
  return [{ code: 'STATUS_UNKNOWN', message }]
}

/** Nothing is as the selection asks just now, though it could be: an answer rather than a mistake. */
function nothingNowFinding(assets: readonly SelectableAsset[], node: SelectionNode): Finding {
  const wanted = wantedStatuses(node)
  const among = isByStatusAlone(node) ? 'Nothing is' : 'Nothing of what is selected is'
  const answer = wanted.length === 0 ? 'There is nothing to do' : `${among} ${alternatives(wanted)}`
  return { code: 'NOTHING_TO_DO', message: `${answer}: ${excerpt(printSelectionNode(node))} doesn't match ${anyOf(assets)} now.` }
}

function isByStatusAlone(node: SelectionNode): boolean {
  if ('operands' in node) return node.operands.every(isByStatusAlone)
  return 'operand' in node ? isByStatusAlone(node.operand) : node.type === 'status'
}

/** `stale`, `stale or missing`, `stale, missing or failed`. */
function alternatives(words: readonly string[]): string {
  return words.length === 1 ? String(words[0]) : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function unknownFindings(assets: readonly SelectableAsset[], unknown: readonly string[]): readonly Finding[] {
  const keys = assets.map((asset) => asset.key)
  const findings = unknown.slice(0, mostUnknownShown).map((key): Finding => ({
    code: 'UNKNOWN_ASSET',
    message: `There is no asset ${JSON.stringify(key)}. ${didYouMean(key, 'assets', keys)}`,
  }))
  const more = unknown.length - findings.length
  return more > 0 ? [...findings, { code: 'UNKNOWN_ASSET', message: `${more} more keys are unknown.` }] : findings
}

function emptyFinding(assets: readonly SelectableAsset[], node: SelectionNode): Finding {
  const hints = [...new Set(attributesOf(node).flatMap((each) => hintOf(assets, each)))]
  const why = assets.length === 0 ? 'there are no assets' : `it doesn't match ${anyOf(assets)}`
  return { code: 'EMPTY_SELECTION', message: [`The selection ${excerpt(printSelectionNode(node))} is empty: ${why}.`, ...hints].join(' ') }
}

function anyOf(assets: readonly SelectableAsset[]): string {
  return assets.length === 1 ? 'the only asset' : `any of ${assets.length} assets`
}

type AttributeNode = Extract<SelectionNode, { readonly type: 'group' | 'kind' | 'owner' | 'tag' | 'key' }>

function attributesOf(node: SelectionNode): readonly AttributeNode[] {
  if ('operands' in node) return node.operands.flatMap(attributesOf)
  if ('operand' in node) return attributesOf(node.operand)
  return node.type === 'all' || node.type === 'status' ? [] : [node]
}

/** What there would be to select, for an attribute that by itself matches nothing. */
function hintOf(assets: readonly SelectableAsset[], node: AttributeNode): readonly string[] {
  if (assets.length === 0 || selectedKeys(assets, node).size > 0) return []
  switch (node.type) {
    case 'key':
      return [`No asset key matches ${JSON.stringify(node.pattern)}.`]
    case 'group':
      return [
        hint(
          'group',
          node.pattern,
          assets.map((asset) => asset.group),
        ),
      ]
    case 'kind':
      return [
        hint(
          'kind',
          node.pattern,
          assets.flatMap((asset) => asset.kinds),
        ),
      ]
    case 'owner':
      return [
        hint(
          'owner',
          node.pattern,
          assets.flatMap((asset) => asset.owners),
        ),
      ]
    case 'tag':
      return [tagHint(assets, node.key, node.value)]
  }
}

function tagHint(assets: readonly SelectableAsset[], key: string, value: string | null): string {
  const values = assets.flatMap((asset) => Object.entries(asset.tags).flatMap((tag) => (tag[0] === key ? [tag[1]] : [])))
  if (value !== null && values.length > 0) return hint(`value of tag "${key}"`, value, values, `values of tag "${key}"`)
  return hint(
    'tag',
    key,
    assets.flatMap((asset) => Object.keys(asset.tags)),
  )
}

function hint(what: string, name: string, all: readonly string[], plural = `${what}s`): string {
  const names = [...new Set(all)].sort()
  return `No ${what} is ${JSON.stringify(name)}${names.length === 0 ? `: there are no ${plural}` : `; the ${plural} are ${listed(names, 'and')}`}.`
}

/** Most characters of a selection that an error repeats. */
const mostRepeated = 200

function excerpt(text: string): string {
  return text.length > mostRepeated ? `${text.slice(0, mostRepeated)}…` : text
}
