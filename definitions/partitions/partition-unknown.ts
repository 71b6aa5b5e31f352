import { AssetryError } from '../errors.ts'
import { listed, nearestNames } from '../nearest.ts'
import { dynamicKeysOf } from './dynamic-keys.ts'
import { existingTick } from './existing-windows.ts'
import { keyOfParts, partsOfKey } from './key-parts.ts'
import { keyPlaces } from './listed-partitions.ts'
import { type AtTime, firstPartition, hasPartition, lastPartition } from './partition-keys.ts'
import type { DimensionSpec, MultiPartitionsSpec, PartitionsSpec, TimePartitionsSpec } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'
import { parsedTime } from './zoned-time.ts'

/** Makes sure that a partition with that key exists. @throws `PARTITION_UNKNOWN` naming the nearest ones and all there are */
export function requirePartition(spec: PartitionsSpec, key: string, at: AtTime): void {
  if (!hasPartition(spec, key, at)) throw unknownPartition(spec, key, at)
}

/** The refusal of a key that is no partition's. @param at - left out where it is no partition's whatever the time */
export function unknownPartition(spec: PartitionsSpec, key: string, at?: AtTime): AssetryError {
  const { text, nearest } = spec.kind === 'multi' ? unknownCombination(spec, key, at) : unknownKey(spec, key, at)
  return new AssetryError('PARTITION_UNKNOWN', `There is no partition "${key}"${text}`, { facts: { partitionKey: key, nearest } })
}

/** Whether some time makes a key a partition; of dynamic ones any. */
export function isPossiblePartition(spec: DimensionSpec, key: string): boolean {
  if (spec.kind === 'dynamic') return true
  if (spec.kind === 'static') return keyPlaces(spec.keys).has(key)
  const { tickOf, isDefined } = timePartitions(spec)
  const tick = tickOf(key)
  return tick !== undefined && isDefined(tick)
}

/** Why a key is no partition's. */
interface Refusal {
  /** What stands behind `There is no partition "key"`. */
  readonly text: string
  /** Keys that may have been meant. */
  readonly nearest: readonly string[]
}

function unknownKey(spec: DimensionSpec, key: string, at: AtTime | undefined): Refusal {
  const nearest = nearestKeys(spec, key, at)
  const hint = nearest.length === 0 ? '' : ` Nearest: ${listed(nearest, 'and')}.`
  const why = spec.kind === 'static' || spec.kind === 'dynamic' ? '' : whyNot(spec, key)
  return { text: `${why}.${hint} ${whatThereIs(spec, at)}`, nearest }
}

/** Says of each dimension in which the key is wrong what would be right there. */
function unknownCombination(spec: MultiPartitionsSpec, key: string, at: AtTime | undefined): Refusal {
  const parts = partsOfKey(spec, key)
  if (parts === undefined) return { text: wrongForm(spec, at), nearest: [] }
  const refusals = spec.dimensions.map(({ name, spec: dimension }, index) => {
    const part = parts[index] ?? ''
    const isRight = at === undefined ? isPossiblePartition(dimension, part) : hasPartition(dimension, part, at)
    if (isRight) return { text: '', nearest: part }
    const { text, nearest } = unknownKey(dimension, part, at)
    return { text: ` Dimension "${name}" has no "${part}"${text}`, nearest: nearest[0] }
  })
  const nearest = refusals.map((refusal) => refusal.nearest)
  const isKnown = nearest.every((part) => part !== undefined)
  return { text: `.${refusals.map(({ text }) => text).join('')}`, nearest: isKnown ? [keyOfParts(nearest)] : [] }
}

function wrongForm(spec: MultiPartitionsSpec, at: AtTime | undefined): string {
  const example = at === undefined ? undefined : firstPartition(spec, at)
  const form = keyOfParts(spec.dimensions.map(({ name }) => name))
  return `: keys are written as ${form}${example === undefined ? '' : `, such as "${example}"`}.`
}

function nearestKeys(spec: DimensionSpec, key: string, at: AtTime | undefined): readonly string[] {
  if (spec.kind === 'static') return nearestNames(key, spec.keys)
  return spec.kind === 'dynamic' ? nearestNames(key, dynamicKeysOf(spec.name, at?.dynamicKeys)) : nearestWindows(spec, key, at)
}

function whatThereIs(spec: DimensionSpec, at: AtTime | undefined): string {
  if (spec.kind === 'static') return `The partitions are ${listed(spec.keys, 'and')}.`
  if (spec.kind === 'dynamic') return whatWasAdded(spec.name, dynamicKeysOf(spec.name, at?.dynamicKeys))
  if (at === undefined)
    return `The first partition starts at ${spec.start}${spec.end === null ? '' : `, the last one ends by ${spec.end}`}.`
  const [first, last] = [firstPartition(spec, at), lastPartition(spec, at)]
  return first === undefined
    ? `No partition exists yet: the first window after ${spec.start} is not over.`
    : `The partitions go from "${first}" to "${last}".`
}

function whatWasAdded(name: string, keys: readonly string[]): string {
  const all = keys.length === 0 ? `"${name}" has no partitions yet` : `The partitions of "${name}" are ${listed(keys, 'and')}`
  return `${all}; "assetry partition add ${name} KEY" adds one.`
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
  return near.filter((each) => each !== key && (at === undefined || existingTick(spec, each, end) !== undefined))
}
