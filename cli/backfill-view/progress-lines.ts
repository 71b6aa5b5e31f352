import type { Backfill, BackfillAsset, BackfillCounts } from '../../client/index.ts'
import { shortBackfillId } from '../backfill-id.ts'
import { durationText } from '../duration-text.ts'
import { numberText } from '../metadata-text.ts'
import { statusColor } from '../run-view/status-color.ts'
import { table, type TableColumn } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { leftText, paceText } from './pace.ts'

/** How the progress of a backfill is shown at one moment. */
export interface ProgressFrame {
  readonly colors: Colors
  readonly columns: number
  /** Partitions that got done a second lately; undefined where nothing is known. */
  readonly perSecond: number | undefined
  /** Since it is watched. Unit: milliseconds. */
  readonly elapsedMs: number
}

/** Most assets that are shown at once; of the rest, their number. */
const shownAssets = 12

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const longestBar = 24
const shortestBar = 8
const gap = 2

/** The live lines of a backfill: how far it is with each asset, and as a whole. */
export function progressLines(backfill: Backfill, frame: ProgressFrame): readonly string[] {
  const { colors, columns } = frame
  const shown = shownOf(backfill.assets)
  const more = backfill.assets.length - shown.length
  const lines = table(shown, columnsFor(shown, frame), { columns, title: colors.dim }).trimEnd().split('\n')
  if (more > 0) lines.push(colors.dim(`and ${numberText(more)} more assets`))
  const mark =
    backfill.status === 'PAUSED' ? colors.yellow('‖') : colors.cyan(spinner[Math.floor(frame.elapsedMs / 100) % spinner.length] ?? '')
  return [...lines, `${mark} ${progressText(backfill, frame)}`]
}

/** How far a backfill is, in one line. */
export function progressText(backfill: Backfill, { colors, perSecond, elapsedMs }: ProgressFrame): string {
  const { totals, status } = backfill
  const done = doneOf(totals)
  const isMoving = status === 'STARTED' || status === 'CANCELING'
  const words = [
    status === 'STARTED' ? '' : statusColor(status, colors)(status),
    `${numberText(done)} of ${numberText(totals.targeted)}`,
    totals.failed > 0 ? colors.red(`${numberText(totals.failed)} failed`) : '',
    totals.skipped > 0 ? colors.yellow(`${numberText(totals.skipped)} skipped`) : '',
    isMoving ? paceText(perSecond) : '',
    status === 'STARTED' ? leftText(totals.targeted - done, perSecond) : '',
    status === 'PAUSED' ? `assetry backfill resume ${shortBackfillId(backfill.backfillId)}` : durationText(elapsedMs),
  ]
  return words.filter((word) => word !== '').join(colors.dim(' · '))
}

/** How many partitions need nothing more to be done: made, failed or left out. */
export function doneOf({ materialized, failed, skipped }: BackfillCounts): number {
  return materialized + failed + skipped
}

/** Those that are not done yet first, where not all of them fit; in the order of the plan. */
function shownOf(assets: readonly BackfillAsset[]): readonly BackfillAsset[] {
  if (assets.length <= shownAssets) return assets
  const isOpen = (asset: BackfillAsset): boolean => doneOf(asset) < asset.targeted
  const chosen = new Set([...assets.filter(isOpen), ...assets.filter((asset) => !isOpen(asset))].slice(0, shownAssets))
  return assets.filter((asset) => chosen.has(asset))
}

function columnsFor(assets: readonly BackfillAsset[], { colors, columns }: ProgressFrame): readonly TableColumn<BackfillAsset>[] {
  const counts = countColumns(colors)
  const countsWidth = counts.reduce((sum, column) => sum + gap + widthOf(column, assets), 0)
  const keyWidth = assets.reduce((width, { assetKey }) => Math.max(width, assetKey.length), 'ASSET'.length)
  const barWidth = Math.max(shortestBar, Math.min(longestBar, columns - countsWidth - keyWidth - gap))
  return [
    { title: 'ASSET', text: ({ assetKey }) => assetKey, shrinks: true },
    { title: 'PROGRESS', text: () => ' '.repeat(barWidth - 1) + '─', color: (_text, asset) => barOf(asset, barWidth, colors) },
    ...counts,
  ]
}

/** Width of a column that is left out where it is empty. */
function widthOf({ text, title }: TableColumn<BackfillAsset>, assets: readonly BackfillAsset[]): number {
  const longest = assets.reduce((width, asset) => Math.max(width, text(asset).length), 0)
  return longest === 0 ? -gap : Math.max(longest, title.length)
}

function countColumns(colors: Colors): readonly TableColumn<BackfillAsset>[] {
  return [
    {
      title: 'MADE',
      // As wide at the beginning as at the end: what grows would push the bar about.
      text: ({ materialized, targeted }) => `${numberText(materialized).padStart(numberText(targeted).length)} / ${numberText(targeted)}`,
      color: (text, { materialized, targeted }) => (materialized === targeted ? colors.green(text) : text),
      align: 'right',
    },
    { title: 'FAILED', text: ({ failed }) => someText(failed), color: colors.red, align: 'right' },
    { title: 'SKIPPED', text: ({ skipped }) => someText(skipped), color: colors.yellow, align: 'right' },
    {
      title: 'UNDER WAY',
      text: ({ inProgress }) => numberText(inProgress),
      color: (text, { inProgress }) => (inProgress === 0 ? colors.dim(text) : colors.cyan(text)),
      align: 'right',
    },
  ]
}

function someText(count: number): string {
  return count === 0 ? '' : numberText(count)
}

/** Green for what is made, red for what failed, yellow for what is left out, blue for what is under way. */
function barOf(asset: BackfillAsset, width: number, colors: Colors): string {
  const cells = (count: number): number => Math.floor((count / Math.max(1, asset.targeted)) * width)
  const atLeastOne = (count: number): number => (count === 0 ? 0 : Math.max(1, cells(count)))
  const failed = atLeastOne(asset.failed)
  const skipped = Math.min(width - failed, atLeastOne(asset.skipped))
  const room = width - failed - skipped
  const isDone = doneOf(asset) === asset.targeted
  const made = isDone ? room : Math.min(room, cells(asset.materialized))
  const underWay = Math.min(room - made, cells(asset.inProgress))
  return [
    colors.green('━'.repeat(made)),
    colors.red('━'.repeat(failed)),
    colors.yellow('━'.repeat(skipped)),
    colors.cyan('╌'.repeat(underWay)),
    colors.dim('─'.repeat(room - made - underWay)),
  ].join('')
}
