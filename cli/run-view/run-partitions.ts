import type { Run } from '../../client/index.ts'
import { cut } from '../text.ts'

/** Width that a list has for partitions: a range of days, and that there are more. Unit: characters. */
const widestRange = 25

/** What partitions a run makes, short: its one, or the first of its ranges and how many more; empty where it makes none. */
export function runPartitionsText({ partitionKey, partitions }: Pick<Run, 'partitionKey' | 'partitions'>): string {
  const [first, ...others] = partitions ?? []
  if (first === undefined) return cut(partitionKey ?? '', widestRange)
  const more = others.length === 0 ? '' : ` +${others.length}`
  return `${cut(first, widestRange - more.length)}${more}`
}
