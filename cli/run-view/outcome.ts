import type { RunDetail } from '../../client/index.ts'
import { shortRunId } from '../run-id.ts'
import type { Server } from '../server.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { failureTexts, outcomeLine, stepTable } from './run-summary.ts'

/** Writes what came of a run: the table to stdout, and to stderr the failures, one sentence, where to look and what to do next. */
export function writeOutcome(run: RunDetail, server: Server, isBooted: boolean): void {
  const colors = colorsFor(process.stderr)
  process.stderr.write('\n')
  process.stdout.write(stepTable(run, { colors: colorsFor(process.stdout), columns: columnsOf(process.stdout) }))
  const failures = failureTexts(run, { colors, columns: columnsOf(process.stderr) })
  process.stderr.write(`${failures === '' ? '' : `\n${failures}`}\n${outcomeLine(run, colors)}\n\n`)
  process.stderr.write(isBooted ? nextAfterBoot(run, colors) : whereToLook(run, server, colors))
}

/** The addresses of a server that goes on. */
function whereToLook(run: RunDetail, server: Server, colors: Colors): string {
  const lines = [pair('api', `${server.url}/api/v1/runs/${run.runId}`, colors)]
  if (run.temporal.url !== null) lines.push(pair('temporal', run.temporal.url, colors))
  lines.push(pair('next', `assetry run ${run.status === 'SUCCESS' ? 'show' : 'logs'} ${shortRunId(run.runId)}`, colors))
  return lines.join('')
}

/** The server that was booted for the run is gone by now: an address of it would lead nowhere. */
function nextAfterBoot(run: RunDetail, colors: Colors): string {
  const look = `assetry run ${run.status === 'SUCCESS' ? 'show' : 'logs'} ${shortRunId(run.runId)}`
  return [pair('run', run.runId, colors), pair('next', `assetry dev, then: ${look}`, colors)].join('')
}

function pair(name: string, value: string, colors: Colors): string {
  return `${colors.dim(name.padEnd(10))}${value}\n`
}
