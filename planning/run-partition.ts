import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { dynamicNames } from '../definitions/partitions/dynamic-keys.ts'
import { type AtTime, lastPartition } from '../definitions/partitions/partition-keys.ts'
import { type PartitionRange, parsedRange, partitionKeyRange } from '../definitions/partitions/partition-range.ts'
import { requirePartition } from '../definitions/partitions/partition-unknown.ts'
import { type PartitionsSpec, samePartitions } from '../definitions/partitions/partitions-spec.ts'
import { partitionsText } from '../definitions/partitions/partitions-text.ts'
import { keysOfRanges, partitionOrder, rangeText } from './partition-order.ts'
import type { AssetSnapshot } from './snapshot.ts'

/** An asset of a run that has partitions. */
interface Partitioned {
  readonly key: AssetKey
  readonly partitions: PartitionsSpec
}

/**
 * Makes sure that a run of these assets is for a partition where it has to be, and that there is such a partition.
 *
 * @param partitionKey - what the run asks for, if anything
 * @param at - decides which windows are over. Where it has no keys of dynamic partitions, as without a store, their existence is
 * not checked
 * @throws `NOT_PARTITIONED` where none of the assets has partitions, `PARTITION_REQUIRED` where one has and no key is given,
 * `PARTITIONS_DIFFER` where two have different ones, `PARTITION_UNKNOWN`
 */
export function checkRunPartition(
  assets: readonly AssetSnapshot[],
  keys: readonly AssetKey[],
  partitionKey: string | undefined,
  at: AtTime,
): void {
  const chosen = new Set(keys)
  const [first, ...others] = assets.flatMap(({ key, origin, partitions }) =>
    chosen.has(key) && origin !== 'external' && partitions ? [{ key, partitions }] : [],
  )
  if (first === undefined) {
    if (partitionKey !== undefined) throw notPartitioned(partitionKey)
    return
  }
  const other = others.find(({ partitions }) => !samePartitions(partitions, first.partitions))
  if (other !== undefined) throw partitionsDiffer(first, other)
  if (partitionKey === undefined) throw partitionRequired(first, at)
  if (isKnown(first.partitions, at)) requirePartition(first.partitions, partitionKey, at)
}

/** Whether it can be said which partitions exist. */
function isKnown(partitions: PartitionsSpec, { dynamicKeys }: AtTime): boolean {
  return dynamicKeys !== undefined || dynamicNames([partitions]).length === 0
}

/** Most partitions of one run. More are a backfill's, which cuts runs. */
const mostOfRun = 10_000

/**
 * The partitions of a run that makes many: keys in their order, in rows that follow each other.
 *
 * @param ranges - keys and ranges `a...b`
 * @throws `NOT_PARTITIONED` for an asset without partitions, `PARTITIONS_DIFFER`, `PARTITION_UNKNOWN`, `REQUEST_INVALID` for too many
 */
export function runPartitions(
  assets: readonly AssetSnapshot[],
  keys: readonly AssetKey[],
  ranges: readonly string[],
  at: AtTime,
): { readonly spec: PartitionsSpec; readonly rows: readonly (readonly string[])[] } {
  const chosen = new Set(keys)
  const made = assets.filter(({ key, origin }) => chosen.has(key) && origin !== 'external' && origin !== 'observable')
  const whole = made.find(({ partitions }) => !partitions)
  if (whole !== undefined) throw wholeAmongMany(whole.key)
  const [first, ...others] = made.flatMap(({ key, partitions }) => (partitions ? [{ key, partitions }] : []))
  if (first === undefined) throw notPartitioned(ranges.join(', '))
  const other = others.find(({ partitions }) => !samePartitions(partitions, first.partitions))
  if (other !== undefined) throw partitionsDiffer(first, other)
  const merged = partitionOrder(first.partitions, at).merged(ranges.map((range) => checkedRange(first.partitions, range, at)))
  const rows = merged.map((range) => [...keysOfRanges(first.partitions, [rangeText(range)], at)])
  const count = rows.reduce((sum, row) => sum + row.length, 0)
  if (count > mostOfRun) throw tooMany(count)
  return { spec: first.partitions, rows }
}

/** A range whose ends exist. @throws `PARTITION_UNKNOWN` */
export function checkedRange(spec: PartitionsSpec, text: string, at: AtTime): PartitionRange {
  const range = parsedRange(text)
  partitionKeyRange(spec, range, at)
  return range
}

function wholeAmongMany(assetKey: AssetKey): AssetryError {
  return new AssetryError(
    'NOT_PARTITIONED',
    `A run of many partitions is of assets that have partitions, and asset "${assetKey}" has none. Run it by itself, or start a backfill, which makes it once.`,
    { facts: { assetKey } },
  )
}

function tooMany(count: number): AssetryError {
  return new AssetryError(
    'REQUEST_INVALID',
    `A run makes ${mostOfRun} partitions at most, and these are ${count}. Start a backfill, which cuts runs: POST /api/v1/backfills, or assetry job backfill.`,
    { facts: { count, findings: [{ code: 'REQUEST_INVALID', message: `names ${count} partitions`, path: 'partitions' }] } },
  )
}

function notPartitioned(partitionKey: string): AssetryError {
  return new AssetryError(
    'NOT_PARTITIONED',
    `The run asks for partition "${partitionKey}", but none of these assets has partitions. Leave the partition out.`,
    { facts: { partitionKey } },
  )
}

function partitionRequired({ key, partitions }: Partitioned, at: AtTime): AssetryError {
  const last = isKnown(partitions, at) ? lastPartition(partitions, at) : undefined
  const example = last === undefined ? '' : `, such as the newest, "${last}"`
  return new AssetryError(
    'PARTITION_REQUIRED',
    `Asset "${key}" has ${partitionsText(partitions)}, and the run doesn't say which one it is for. ` +
      `Name one${example}: --partition on the command line, partitionKey in HTTP and in materialize().`,
    { facts: { assetKey: key, ...(last !== undefined && { last }) } },
  )
}

function partitionsDiffer(one: Partitioned, other: Partitioned): AssetryError {
  return new AssetryError(
    'PARTITIONS_DIFFER',
    `One run is for one partition, but asset "${one.key}" has ${partitionsText(one.partitions)}, and asset "${other.key}" has ${partitionsText(other.partitions)}. ` +
      `Run them one after another.`,
    { facts: { assetKeys: [one.key, other.key] } },
  )
}
