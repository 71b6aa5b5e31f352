import { dynamicOutput, graphAsset, op } from 'assetry'
import { groupBy, maxBy, minBy, orderBy } from 'es-toolkit'
import { dailyWeather, type WeatherDay } from './cleaned.ts'

interface City {
  readonly city: string
  readonly days: readonly WeatherDay[]
}

interface CityRecords {
  readonly city: string
  readonly hottest: { readonly date: string; readonly maximum: number } | null
  readonly coldest: { readonly date: string; readonly minimum: number } | null
}

/** Which cities there are is known only when the file has been read; each becomes a step of its own, named after it. */
const splitByCity = op({
  name: 'split_by_city',
  run: ({ weather }: { weather: readonly WeatherDay[] }) =>
    Object.entries(groupBy(weather, (day) => day.city)).map(([city, days]) =>
      dynamicOutput<City>({ city, days }, { mappingKey: city.replaceAll(' ', '_') }),
    ),
})

const recordsOf = op({
  name: 'records_of',
  run: ({ city: { city, days } }: { city: City }): CityRecords => {
    const hottest = maxBy([...days], (day) => day.maximum)
    const coldest = minBy([...days], (day) => day.minimum)
    return {
      city,
      hottest: hottest === undefined ? null : { date: hottest.date, maximum: hottest.maximum },
      coldest: coldest === undefined ? null : { date: coldest.date, minimum: coldest.minimum },
    }
  },
})

const inOrder = op({
  name: 'in_order',
  run: ({ records }: { records: readonly CityRecords[] }) => orderBy([...records], ['city'], ['asc']),
})

export const cityRecords = graphAsset({
  key: 'reports/city_records',
  group: 'reports',
  description: 'The hottest and the coldest day of each city. Made by a graph of ops, one step a city.',
  owners: ['team:insight', 'reports@example.com'],
  tags: { layer: 'reports' },
  inputs: { dailyWeather },
  graph: ({ dailyWeather: weather }) =>
    inOrder({
      records: splitByCity({ weather })
        .map((city) => recordsOf({ city }))
        .collect(),
    }),
})
