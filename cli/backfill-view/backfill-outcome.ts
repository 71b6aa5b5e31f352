import type { BackfillDetail, BackfillFailure } from '../../client/index.ts'
import type { Server } from '../server.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { backfillLine, backfillTable, failuresText, nextCommand } from './backfill-summary.ts'

/** What came of a backfill, and what it did not make. */
export interface BackfillEnd {
  readonly backfill: BackfillDetail
  readonly failures: readonly BackfillFailure[]
}

/** Writes what came of a backfill: the table to stdout, and to stderr its failures, one sentence, where to look and what to do next. */
export function writeBackfillOutcome({ backfill, failures }: BackfillEnd, server: Server, isBooted: boolean): void {
  const colors = colorsFor(process.stderr)
  process.stderr.write('\n')
  process.stdout.write(backfillTable(backfill, { colors: colorsFor(process.stdout), columns: columnsOf(process.stdout) }))
  const told = failuresText(backfill, failures, { colors, columns: columnsOf(process.stderr) })
  process.stderr.write(`${told === '' ? '' : `\n${told}`}\n${backfillLine(backfill, colors)}\n\n`)
  process.stderr.write(isBooted ? nextAfterBoot(backfill, colors) : whereToLook(backfill, server, colors))
}

function whereToLook(backfill: BackfillDetail, server: Server, colors: Colors): string {
  const lines = [pair('api', `${server.url}/api/v1/backfills/${backfill.backfillId}`, colors)]
  if (backfill.temporal.url !== null) lines.push(pair('temporal', backfill.temporal.url, colors))
  lines.push(pair('next', nextCommand(backfill), colors))
  return lines.join('')
}

/** The server that was booted for the backfill is gone by now: an address of it would lead nowhere. */
function nextAfterBoot(backfill: BackfillDetail, colors: Colors): string {
  return [pair('backfill', backfill.backfillId, colors), pair('next', `assetry dev, then: ${nextCommand(backfill)}`, colors)].join('')
}

function pair(name: string, value: string, colors: Colors): string {
  return `${colors.dim(name.padEnd(10))}${value}\n`
}
