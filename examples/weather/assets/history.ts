import {
  allPartitionsMapping,
  asset,
  dailyPartitions,
  Failure,
  input,
  MetadataValue,
  monthlyPartitions,
  output,
  timeWindowMapping,
} from 'assetry'
import { groupBy, maxBy, meanBy, orderBy, round, sumBy } from 'es-toolkit'
import { z } from 'zod'
import { datasets } from '../resources.ts'
import { type WeatherDay, WeatherRow } from './cleaned.ts'

const history = { group: 'history', owners: ['team:insight'], tags: { layer: 'history' } } as const

/** What the weather file covers. */
const covered = { start: '2012-01-01', end: '2016-01-01' } as const

export const historyDay = asset({
  ...history,
  key: 'history/day',
  description: 'What each city reported on the day.',
  kinds: ['csv'],
  partitions: dailyPartitions(covered),
  resources: { datasets },
  materialize: async (_inputs, { resources, partitionKey }) => {
    const rows = z.array(WeatherRow).parse(await resources.datasets.weatherOf(partitionKey))
    if (rows.length === 0) throw new Failure(`the weather file has nothing of ${partitionKey}`, { retryable: false })
    return output(rows, { metadata: { rows: rows.length } })
  },
})

export const historyMonth = asset({
  ...history,
  key: 'history/month',
  description: 'Each city in the month: how warm its days were, and how much it rained.',
  partitions: monthlyPartitions(covered),
  inputs: { days: input(historyDay, { partitionMapping: timeWindowMapping() }) },
  materialize: async ({ days }, { partitionKey }) => {
    const weather = [...(await days.load()).values()].flat()
    const rows = Object.entries(groupBy(weather, ({ city }) => city)).map(([city, reported]) =>
      cityMonth(city, partitionKey.slice(0, 7), reported),
    )
    return output(orderBy(rows, ['city'], ['asc']), { metadata: { days: days.size, months: MetadataValue.table(rows) } })
  },
})

/** @param month - such as `2012-01` */
function cityMonth(city: string, month: string, days: readonly WeatherDay[]) {
  const meanMaximum = meanBy(days, ({ maximum }) => maximum)
  return {
    city,
    month,
    /** Degrees Celsius. */
    meanMaximum: round(meanMaximum, 1),
    /** Millimetres. */
    precipitation: round(
      sumBy(days, ({ precipitation }) => precipitation),
      1,
    ),
    rainyDays: days.filter(({ precipitation }) => precipitation > 0).length,
  }
}

export const historyRecords = asset({
  ...history,
  key: 'history/records',
  description: 'The warmest and the wettest month of each city.',
  inputs: { months: input(historyMonth, { partitionMapping: allPartitionsMapping() }) },
  materialize: async ({ months }) => {
    const all = [...(await months.load()).values()].flat()
    const rows = Object.entries(groupBy(all, ({ city }) => city)).map(([city, own]) => ({
      city,
      warmest: maxBy(own, ({ meanMaximum }) => meanMaximum)?.month ?? null,
      wettest: maxBy(own, ({ precipitation }) => precipitation)?.month ?? null,
    }))
    return output(orderBy(rows, ['city'], ['asc']), { metadata: { months: months.size, records: MetadataValue.table(rows) } })
  },
})
