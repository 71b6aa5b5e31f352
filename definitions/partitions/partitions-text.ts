import { listed } from '../nearest.ts'
import type { PartitionsSpec } from './partitions-spec.ts'

/** Partitions in words: `daily partitions from 2026-01-01T00:00:00Z (UTC)`. */
export function partitionsText(spec: PartitionsSpec): string {
  if (spec.kind === 'static') return `the partitions ${listed(spec.keys, 'and')}`
  if (spec.kind === 'dynamic') return `the dynamic partitions "${spec.name}"`
  if (spec.kind === 'multi') {
    return `partitions by ${spec.dimensions.map((dimension) => `"${dimension.name}" (${partitionsText(dimension.spec)})`).join(' and ')}`
  }
  const { kind, start, end, timezone } = spec
  const what = kind === 'cron' ? `partitions by "${spec.cron}"` : `${kind} partitions`
  return `${what} from ${start}${end === null ? '' : ` to ${end}`} (${timezone})`
}
