import type { RunEvent } from '../../client/index.ts'
import { colorsFor, columnsOf, type TerminalStream } from '../terminal.ts'
import { liveLines, liveStepLimit } from './live-lines.ts'
import { LiveRegion, type TerminalOutput } from './live-region.ts'
import type { RunState } from './run-state.ts'
import { keyWidthOf, newsLine, type StepLineLayout } from './step-line.ts'

/** Shows a run while it goes on. */
export interface RunView {
  /** Shows what an event changed. */
  event(event: RunEvent): void
  /** Writes a line that is not about a step. */
  say(line: string): void
  /** Ends the view; what is live disappears. */
  end(): void
}

type ViewStream = TerminalStream & TerminalOutput

/** Time between two frames of the live view. Unit: milliseconds; ten frames a second look alive and cost nothing. */
const frameMs = 100

/** A view of a run on a stream: live on a terminal, a line per step elsewhere. */
export function createRunView(state: RunState, stream: ViewStream): RunView {
  return stream.isTTY === true ? liveView(state, stream) : plainView(state, stream)
}

function plainView(state: RunState, stream: ViewStream): RunView {
  return {
    event: (event) => {
      const news = state.apply(event)
      if (news === undefined) return
      // A line that was written can't be aligned anew, and whoever searches the output searches for whole keys.
      const layout = layoutOf(state, stream, 120)
      stream.write(`${newsLine(news, { ...layout, keyWidth: Math.max(layout.keyWidth, news.step.key.length) })}\n`)
    },
    say: (line) => stream.write(`${line}\n`),
    end: () => {},
  }
}

function liveView(state: RunState, stream: ViewStream): RunView {
  const region = new LiveRegion(stream)
  const begun = Date.now()
  const isLarge = state.counts.all > liveStepLimit
  let finished: string[] = []
  const draw = (): void => {
    const layout = layoutOf(state, stream, columnsOf(stream) - 1)
    region.draw(finished, liveLines(state, { ...layout, elapsedMs: Date.now() - begun, now: Date.now() }))
    finished = []
  }
  const giveCursorBack = (): void => region.clear()
  process.once('exit', giveCursorBack)
  draw()
  const timer = setInterval(draw, frameMs)
  return {
    event: (event) => {
      const news = state.apply(event)
      if (news === undefined || (isLarge && news.kind === 'ended' && news.step.status !== 'FAILURE')) return
      finished.push(newsLine(news, layoutOf(state, stream, columnsOf(stream) - 1)))
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

function layoutOf(state: RunState, stream: ViewStream, columns: number): StepLineLayout {
  return { colors: colorsFor(stream), columns, keyWidth: keyWidthOf([state.longestKey]) }
}
