import type { Tick, TickPreview } from '../client/index.ts'
import { ageText, durationText } from './duration-text.ts'
import { table, type TableColumn } from './table.ts'
import { type Colors, colorsFor, columnsOf } from './terminal.ts'

/** What a tick came to, in a few words. */
export function tickOutcome({ status, requests, duplicates, events, skipReason, error }: Tick): string {
  switch (status) {
    case 'SUCCESS':
      return [count(requests - duplicates, 'run'), duplicates > 0 ? count(duplicates, 'duplicate') : '', ofEvents(events)]
        .filter(Boolean)
        .join(', ')
    case 'SKIPPED':
      return skipReason ?? (duplicates > 0 ? count(duplicates, 'duplicate') : 'nothing asked for')
    case 'FAILURE':
      return error?.message.split('\n')[0] ?? 'failed'
    case 'STARTED':
      return 'at work'
  }
}

function ofEvents(events: number): string {
  return events > 0 ? `of ${count(events, 'event')}` : ''
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Ticks as a table, newest first. */
export function tickTable(ticks: readonly Tick[]): string {
  const colors = colorsFor(process.stdout)
  return table(ticks, tickColumns(colors), { columns: columnsOf(process.stdout), title: colors.dim })
}

function tickColumns(colors: Colors): readonly TableColumn<Tick>[] {
  const now = new Date()
  return [
    { title: 'TICK', text: ({ tickId }) => tickId.slice(0, 8) },
    { title: 'STATUS', text: ({ status }) => status, color: (text, { status }) => tickColor(status, colors)(text) },
    { title: 'WHAT', text: tickOutcome, shrinks: true },
    { title: 'FOR', text: ({ scheduledAt, startedAt }) => shownTime(scheduledAt ?? startedAt) },
    { title: 'STARTED', text: ({ startedAt }) => ageText(new Date(startedAt), now), align: 'right' },
    {
      title: 'TIME',
      text: ({ startedAt, endedAt }) => (endedAt === null ? '' : durationText(Date.parse(endedAt) - Date.parse(startedAt))),
      align: 'right',
    },
  ]
}

/** The color of a tick's status. */
export function tickColor(status: Tick['status'], { green, red, dim, cyan }: Colors): (text: string) => string {
  return { SUCCESS: green, FAILURE: red, SKIPPED: dim, STARTED: cyan }[status]
}

/** A time to the second: `2026-01-31 06:00:00Z`. */
export function shownTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}Z`
}

/** What a tick would come to, for people. */
export function previewText({ scheduledAt, requests, skipReason, cursor, error, logs }: TickPreview): string {
  const lines = [
    ...(scheduledAt === null ? [] : [`For ${shownTime(scheduledAt)}`]),
    ...logs.map(({ level, message }) => `  ${level}: ${message}`),
    ...(error === null ? [] : [`It would fail: ${error.message}`]),
    ...(error === null && requests.length === 0 ? [`It would ask for no run${skipReason === null ? '' : `: ${skipReason}`}.`] : []),
    ...requests.flatMap(({ runKey, request, findings }, index) => [
      `${index + 1}. ${runKey === null ? '' : `${runKey}: `}${JSON.stringify(request)}`,
      ...findings.map(({ message }) => `   refused: ${message}`),
    ]),
    ...(cursor === null ? [] : [`Cursor: ${cursor}`]),
  ]
  return `${lines.join('\n')}\n`
}
