import { durationText } from '../duration-text.ts'
import { numberText } from '../metadata-text.ts'

/** How far something was at a moment. */
interface Look {
  /** Unit: milliseconds since 1970. */
  readonly time: number
  readonly done: number
}

/** Time over which the pace is taken: long enough that whole runs' ends don't make it jump. Unit: milliseconds. */
const windowMs = 15_000

/** Time before a pace says anything. Unit: milliseconds. */
const leastMs = 2_000

/** How fast something goes on, by what was seen of it lately. */
export class Pace {
  #looks: readonly Look[] = []

  /** Notes how many are done at a time in milliseconds. Fewer than before, as after a retry, begins anew. */
  note(done: number, time: number): void {
    const last = this.#looks.at(-1)
    const kept = last !== undefined && done < last.done ? [] : this.#looks
    // One look before the window stays, so that the pace is over all of it.
    const first = kept.findLastIndex((look) => look.time <= time - windowMs)
    this.#looks = [...kept.slice(Math.max(0, first)), { time, done }]
  }

  /** How many a second; undefined where too little was seen. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)]
    if (first === undefined || last === undefined || last.time - first.time < leastMs) return undefined
    return (last.done - first.done) / ((last.time - first.time) / 1_000)
  }
}

/** A pace as people read it: `1,200/s`, `2.5/s`, `12/min`; empty where nothing goes on. */
export function paceText(perSecond: number | undefined): string {
  if (perSecond === undefined || perSecond <= 0) return ''
  if (perSecond >= 10) return `${numberText(Math.round(perSecond))}/s`
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`
  return `${numberText(Math.max(1, Math.round(perSecond * 60)))}/min`
}

/** How long what is left takes at a pace: `13 s left`, `2m 05s left`; empty where that can't be told. */
export function leftText(left: number, perSecond: number | undefined): string {
  if (perSecond === undefined || perSecond <= 0 || left <= 0) return ''
  const seconds = Math.ceil(left / perSecond)
  return `${seconds < 60 ? `${seconds} s` : durationText(seconds * 1_000)} left`
}
