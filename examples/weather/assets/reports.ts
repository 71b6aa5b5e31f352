import { asset, MetadataValue, output } from 'assetry'
import { groupBy, keyBy, maxBy, meanBy, orderBy, round, sumBy, uniqBy } from 'es-toolkit'
import { z } from 'zod'
import { airports, dailyWeather, flights, type WeatherDay } from './cleaned.ts'

const report = { group: 'reports', owners: ['team:insight', 'reports@example.com'], tags: { layer: 'reports' } } as const

const byCity = (days: readonly WeatherDay[]) => Object.entries(groupBy(days, (day) => day.city))
const yearOf = (day: WeatherDay): number => Number(day.date.slice(0, 4))
const monthOf = (day: WeatherDay): number => Number(day.date.slice(5, 7))

export const monthlyClimate = asset({
  ...report,
  key: 'reports/monthly_climate',
  description: 'Each month of the year in each city: mean temperatures, rain and wind over all years.',
  inputs: { dailyWeather },
  materialize: ({ dailyWeather }) => {
    const months = byCity(dailyWeather).flatMap(([city, days]) =>
      Object.entries(groupBy(days, monthOf)).map(([month, days]) => ({ city, month: Number(month), ...climateOf(days) })),
    )
    const rows = orderBy(months, ['city', 'month'], ['asc', 'asc'])
    return output(rows, { metadata: { rows: rows.length, climate: MetadataValue.table(rows) } })
  },
})

function climateOf(days: readonly WeatherDay[]) {
  return {
    meanMaximum: round(
      meanBy(days, (day) => day.maximum),
      1,
    ),
    meanMinimum: round(
      meanBy(days, (day) => day.minimum),
      1,
    ),
    /** Millimetres in one such month. */
    precipitation: round(sumBy(days, (day) => day.precipitation) / uniqBy(days, yearOf).length, 1),
    meanWind: round(
      meanBy(days, (day) => day.wind),
      1,
    ),
  }
}

export const hotDays = asset({
  ...report,
  key: 'reports/hot_days',
  description: 'How many days of each year were hot, and the hottest of them.',
  inputs: { dailyWeather },
  config: z.object({ hotFrom: z.number().default(30).describe('Degrees Celsius from which a day is hot') }),
  materialize: ({ dailyWeather }, { config }) => {
    const rows = byCity(dailyWeather).flatMap(([city, days]) =>
      Object.entries(groupBy(days, yearOf)).map(([year, days]) => ({
        city,
        year: Number(year),
        days: days.filter((day) => day.maximum >= config.hotFrom).length,
        hottest: maxBy(days, (day) => day.maximum)?.date ?? null,
      })),
    )
    return output(rows, { metadata: { rows: rows.length, hotFrom: config.hotFrom, days: sumBy(rows, (row) => row.days) } })
  },
})

export const wettestDays = asset({
  ...report,
  key: 'reports/wettest_days',
  description: 'The days with the most rain or snow in each city.',
  inputs: { dailyWeather },
  config: z.object({ count: z.int().positive().default(5).describe('Days a city') }),
  materialize: ({ dailyWeather }, { config }) => {
    const rows = byCity(dailyWeather).flatMap(([, days]) =>
      orderBy(days, ['precipitation', 'date'], ['desc', 'asc']).slice(0, config.count),
    )
    const wettest = maxBy(rows, (day) => day.precipitation)
    return output(rows, {
      metadata: { rows: rows.length, wettest: wettest && new Date(wettest.date), days: MetadataValue.table(rows) },
    })
  },
})

/** Minutes after which the Bureau of Transportation Statistics counts a flight as late. */
const lateMinutes = 15

export const airportDelays = asset({
  ...report,
  key: 'reports/airport_delays',
  description: 'Mean delay and share of late flights of each airport with enough flights, worst first.',
  inputs: { flights, airports },
  config: z.object({ minimumFlights: z.int().positive().default(100).describe('Airports with fewer flights are left out') }),
  materialize: ({ flights, airports }, { config, log }) => {
    const known = keyBy(airports, (airport) => airport.iata)
    const origins = Object.entries(groupBy(flights, (flight) => flight.origin))
    const large = origins.filter(([, flights]) => flights.length >= config.minimumFlights)
    log.info('airports with enough flights', { airports: large.length, of: origins.length })
    const airportRows = large.map(([iata, flights]) => ({
      iata,
      city: known[iata]?.city ?? null,
      state: known[iata]?.state ?? null,
      flights: flights.length,
      /** Minutes. */
      meanDelay: round(
        meanBy(flights, (flight) => flight.delay),
        1,
      ),
      lateShare: round(flights.filter((flight) => flight.delay >= lateMinutes).length / flights.length, 3),
    }))
    const rows = orderBy(airportRows, ['meanDelay', 'iata'], ['desc', 'asc'])
    return output(rows, { metadata: { rows: rows.length, worst: MetadataValue.table(rows.slice(0, 10)) } })
  },
})

export const summary = asset({
  ...report,
  key: 'reports/summary',
  description: 'One page for people.',
  kinds: ['markdown'],
  inputs: { monthlyClimate, hotDays, wettestDays, airportDelays },
  materialize: ({ monthlyClimate, hotDays, wettestDays, airportDelays }) => {
    const page = [
      '# Weather and flights',
      ...Object.entries(groupBy(monthlyClimate, (month) => month.city)).flatMap(([city, months]) => {
        const wettest = wettestDays.find((day) => day.city === city)
        const rainiest = maxBy(months, (month) => month.precipitation)
        const hot = sumBy(
          hotDays.filter((year) => year.city === city),
          (year) => year.days,
        )
        return [
          `## ${city}`,
          `- ${hot} hot days`,
          `- wettest day: ${wettest?.date}, ${wettest?.precipitation} mm`,
          `- wettest month of the year: ${rainiest && monthName(rainiest.month)}, with ${rainiest?.precipitation} mm`,
        ]
      }),
      '## Airports with the longest delays',
      ...airportDelays.slice(0, 5).map((row) => `1. ${row.iata} (${row.city}): ${row.meanDelay} minutes`),
    ].join('\n')
    return output(page, { metadata: { report: MetadataValue.markdown(page) } })
  },
})

const monthName = (month: number): string =>
  new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2000, month - 1)))
