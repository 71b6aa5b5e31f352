import type { Backfill } from '../../client/index.ts'
import { LiveRegion, type TerminalOutput } from '../run-view/live-region.ts'
import { colorsFor, columnsOf, type TerminalStream } from '../terminal.ts'
import { Pace } from './pace.ts'
import { doneOf, type ProgressFrame, progressLines, progressText } from './progress-lines.ts'

/** Shows a backfill while it goes on. */
export interface BackfillView {
  /** Shows how far it is now. */
  look(backfill: Backfill): void
  /** Writes a line that is not about its progress. */
  say(line: string): void
  /** Ends the view; what is live disappears. */
  end(): void
}

type ViewStream = TerminalStream & TerminalOutput

/** Time between two frames of the live view. Unit: milliseconds. */
const frameMs = 100

/** Time between two lines where the output is no terminal. Unit: milliseconds. */
const lineEveryMs = 5_000

/** A view of a backfill on a stream: bars on a terminal, a line every few seconds elsewhere. */
export function createBackfillView(stream: ViewStream, clock: () => number = Date.now): BackfillView {
  return stream.isTTY === true ? liveView(stream, clock) : plainView(stream, clock)
}

function plainView(stream: ViewStream, clock: () => number): BackfillView {
  const pace = new Pace()
  const begun = clock()
  let written = begun
  let last = ''
  return {
    look: (backfill) => {
      const now = clock()
      pace.note(doneOf(backfill.totals), now)
      const isNews = backfill.status !== last && last !== ''
      last = backfill.status
      if (backfill.endedAt !== null || (now - written < lineEveryMs && !isNews)) return
      written = now
      stream.write(`${progressText(backfill, frameOf(stream, pace, now - begun))}\n`)
    },
    say: (line) => stream.write(`${line}\n`),
    end: () => {},
  }
}

function liveView(stream: ViewStream, clock: () => number): BackfillView {
  const region = new LiveRegion(stream)
  const pace = new Pace()
  const begun = clock()
  let finished: string[] = []
  let newest: Backfill | undefined
  const draw = (): void => {
    if (newest === undefined && finished.length === 0) return
    region.draw(finished, newest === undefined ? [] : progressLines(newest, frameOf(stream, pace, clock() - begun)))
    finished = []
  }
  const giveCursorBack = (): void => region.clear()
  process.once('exit', giveCursorBack)
  const timer = setInterval(draw, frameMs)
  return {
    look: (backfill) => {
      newest = backfill
      pace.note(doneOf(backfill.totals), clock())
    },
    say: (line) => finished.push(line),
    end: () => {
      clearInterval(timer)
      draw()
      region.clear()
      process.off('exit', giveCursorBack)
    },
  }
}

function frameOf(stream: ViewStream, pace: Pace, elapsedMs: number): ProgressFrame {
  return { colors: colorsFor(stream), columns: columnsOf(stream) - 1, perSecond: pace.perSecond, elapsedMs }
}
