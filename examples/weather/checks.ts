import { assetCheck, rowCountCheck } from 'assetry'
import { dailyWeather } from './assets/cleaned.ts'
import { airportDelays } from './assets/reports.ts'

/** Nothing is reported from weather that can't be: this check stands before everything that is made from it. */
export const plausibleTemperatures = assetCheck({
  name: 'plausible_temperatures',
  asset: dailyWeather,
  description: 'No day is colder at its hottest than at its coldest, or beyond what was ever measured.',
  blocking: true,
  check: ({ daily_weather: days }) => {
    const implausible = days.filter((day) => day.maximum < day.minimum || day.maximum > 57 || day.minimum < -90)
    return { passed: implausible.length === 0, metadata: { days: days.length, implausible: implausible.length } }
  },
})

export const everyDay = rowCountCheck({ asset: dailyWeather, min: 2 * 1_461, max: 2 * 1_461 })

export const fewLateAirports = assetCheck({
  name: 'few_late_airports',
  asset: airportDelays,
  description: 'At most one airport in ten is late by a quarter of an hour on average.',
  check: ({ airport_delays: airports }) => {
    const late = airports.filter((airport) => airport.meanDelay > 15).length
    return { passed: late <= airports.length / 10, severity: 'WARN', metadata: { airports: airports.length, late } }
  },
})
