import { AssetryError } from '../errors.ts'
import { listed, nearestNames } from '../nearest.ts'
import { type AtTime, existingTick, firstPartition, hasPartition, lastPartition } from './partition-keys.ts'
import type { PartitionsSpec, TimePartitionsSpec } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'
import { parsedTime } from './zoned-time.ts'

/** Makes sure that a partition with that key exists. @throws `PARTITION_UNKNOWN` naming the nearest ones and all there are */
export function requirePartition(spec: PartitionsSpec, key: string, at: AtTime): void {
  if (!hasPartition(spec, key, at)) throw unknownPartition(spec, key, at)
}

/** The refusal of a key that is no partition's. @param at - left out where it is no partition's whatever the time */
export function unknownPartition(spec: PartitionsSpec, key: string, at?: AtTime): AssetryError {
  const nearest = spec.kind === 'static' ? nearestNames(key, spec.keys) : nearestWindows(spec, key, at)
  const hint = nearest.length === 0 ? '' : ` Nearest: ${listed(nearest, 'and')}.`
  const why = spec.kind === 'static' ? '' : whyNot(spec, key)
  return new AssetryError('PARTITION_UNKNOWN', `There is no partition "${key}"${why}.${hint} ${whatThereIs(spec, at)}`, {
    facts: { partitionKey: key, nearest },
  })
}

function whatThereIs(spec: PartitionsSpec, at: AtTime | undefined): string {
  if (spec.kind === 'static') return `The partitions are ${listed(spec.keys, 'and')}.`
  if (at === undefined)
    return `The first partition starts at ${spec.start}${spec.end === null ? '' : `, the last one ends by ${spec.end}`}.`
  const [first, last] = [firstPartition(spec, at), lastPartition(spec, at)]
  return first === undefined
    ? `No partition exists yet: the first window after ${spec.start} is not over.`
    : `The partitions go from "${first}" to "${last}".`
}

function whyNot(spec: TimePartitionsSpec, key: string): string {
  const { tickOf, isDefined, isExcluded, windowOf } = timePartitions(spec)
  const tick = tickOf(key)
  if (tick === undefined) return `: no window starts then; keys are written as ${spec.format}`
  if (isExcluded(tick)) return ': it is excluded'
  if (isDefined(tick)) return `: it exists from ${existsFrom(windowOf(tick).end, spec)} on`
  return tick.instant < Date.parse(spec.start) ? ': it is before the start' : ': it is after the end'
}

function existsFrom(end: Date, { endOffset }: TimePartitionsSpec): string {
  const time = end.toISOString().replace('.000Z', 'Z')
  return endOffset === 0 ? time : `${Math.abs(endOffset)} ${endOffset < 0 ? 'windows after' : 'windows before'} ${time}`
}

/** What the numbers of a key that can't be read may have been meant as: `2026-1-5`, `2026-02-30`, `20260105`. */
function meantTime(key: string): number | undefined {
  const [, year, month = '1', day = '1', hour = '0', minute = '0'] = /(\d{4})\D?(\d\d?)?\D?(\d\d?)?\D?(\d\d?)?\D?(\d\d?)?/.exec(key) ?? []
  return year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute))
}

/** The window that holds what the key says, or would say, and the one after it; else the first or the last. */
function nearestWindows(spec: TimePartitionsSpec, key: string, at: AtTime | undefined): readonly string[] {
  const { cadence, keyOf, tickOf, bounds } = timePartitions(spec)
  const { first, end } = bounds(at?.now.getTime() ?? Infinity)
  const time = tickOf(key)?.instant ?? parsedTime(key, spec.timezone) ?? meantTime(key)
  if (end <= first.instant || (time === undefined && end === Infinity)) return []
  const tick = cadence.floor(Math.min(Math.max(time ?? Infinity, first.instant), end - 1))
  const near = [tick, cadence.next(tick)].map(keyOf)
  return near.filter((each) => each !== key && (at === undefined || existingTick(spec, each, at) !== undefined))
}
