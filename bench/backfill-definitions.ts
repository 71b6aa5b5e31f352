import { asset, definitions, hourlyPartitions } from 'assetry'

const hour = 3_600_000

/** So many hours from a time on, all of them over. */
function hoursFrom(start: string, count: number) {
  return hourlyPartitions({ start, end: new Date(Date.parse(start) + count * hour) })
}

/** Partitions of each asset. */
export const partitionCounts = { many: 100_000, dear: 5_000, known: 1_000_000 } as const

const materialize = (_inputs: object, { partitionKey }: { readonly partitionKey: string }): string => partitionKey

export default definitions({
  assets: [
    asset({ key: 'many', partitions: hoursFrom('2012-01-01T00:00:00Z', partitionCounts.many), materialize }),
    asset({ key: 'dear', partitions: hoursFrom('2012-01-01T00:00:00Z', partitionCounts.dear), materialize }),
    asset({ key: 'known', partitions: hoursFrom('1910-01-01T00:00:00Z', partitionCounts.known), materialize }),
  ],
})
