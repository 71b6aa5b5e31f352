import type { Backfill, BackfillAsset, BackfillFailure } from '../../client/index.ts'
import { shortBackfillId } from '../backfill-id.ts'
import { durationText } from '../duration-text.ts'
import { countText, numberText } from '../metadata-text.ts'
import { durationOf, type SummaryLayout } from '../run-view/run-summary.ts'
import { statusColor } from '../run-view/status-color.ts'
import { table, type TableColumn } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { failureGroups } from './failure-groups.ts'

/** Failures that a summary is made of: more are only counted. */
export const readFailures = 1_000

/** The assets of a backfill as a table. */
export function backfillTable({ assets }: Pick<Backfill, 'assets'>, { colors, columns }: SummaryLayout): string {
  return table(assets, columnsOf(colors), { columns, title: colors.dim })
}

function columnsOf(colors: Colors): readonly TableColumn<BackfillAsset>[] {
  const count = (of: (asset: BackfillAsset) => number) => (asset: BackfillAsset) => (of(asset) === 0 ? '' : numberText(of(asset)))
  return [
    { title: 'ASSET', text: ({ assetKey }) => assetKey, shrinks: true },
    { title: 'PARTITIONS', text: ({ targeted }) => numberText(targeted), align: 'right' },
    { title: 'MADE', text: ({ materialized }) => numberText(materialized), color: colors.green, align: 'right' },
    { title: 'FAILED', text: count(({ failed }) => failed), color: colors.red, align: 'right' },
    { title: 'SKIPPED', text: count(({ skipped }) => skipped), color: colors.yellow, align: 'right' },
    { title: 'UNDER WAY', text: count(({ inProgress }) => inProgress), color: colors.cyan, align: 'right' },
    { title: 'WAITING', text: count(({ waiting }) => waiting), color: colors.dim, align: 'right' },
  ]
}

/** One sentence on how a backfill ended, or how far it is. */
export function backfillLine(backfill: Backfill, colors: Colors): string {
  const { status, totals, endReason } = backfill
  const parts = [
    `${numberText(totals.materialized)} of ${countText(totals.targeted, 'partition')} materialized`,
    ...(totals.failed > 0 ? [`${numberText(totals.failed)} failed`] : []),
    ...(totals.skipped > 0 ? [`${numberText(totals.skipped)} skipped`] : []),
  ]
  const time = durationOf(backfill)
  const head = statusColor(status, colors)(colors.bold(status))
  return `${head}  ${parts.join(', ')}${time === null ? '' : ` in ${durationText(time)}`}${endReason === null ? '' : ` (${endReason})`}`
}

/** What a backfill did not make, as far as it was read; of more, the number. */
export function failuresText({ totals }: Backfill, failures: readonly BackfillFailure[], layout: SummaryLayout): string {
  const text = failureGroups(failures, layout)
  const left = totals.failed + totals.skipped - failures.length
  return left <= 0 ? text : `${text}\n${layout.colors.dim(`and ${numberText(left)} more partitions`)}\n`
}

/** The command that comes next. */
export function nextCommand({ backfillId, totals, endedAt }: Backfill): string {
  const id = shortBackfillId(backfillId)
  return endedAt !== null && totals.failed + totals.skipped > 0 ? `assetry backfill retry ${id}` : `assetry backfill show ${id}`
}
