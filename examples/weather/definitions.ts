import { assetJob, definitions } from 'assetry'
import { airports, dailyWeather, flights } from './assets/cleaned.ts'
import { historyDay, historyMonth, historyRecords } from './assets/history.ts'
import { rawAirports, rawFlights, rawWeather } from './assets/raw.ts'
import { cityRecords } from './assets/records.ts'
import { airportDelays, hotDays, monthlyClimate, summary, wettestDays } from './assets/reports.ts'
import { everyDay, fewLateAirports, plausibleTemperatures } from './checks.ts'
import { datasets } from './resources.ts'

const delays = assetJob({
  name: 'delays',
  description: 'The airport delays with all that they need, and nothing of the weather.',
  selection: '+key:"reports/airport_delays"',
})

const history = assetJob({
  name: 'history',
  description: 'Each of the 1,461 days, the months they make, and the records of all of them. Made by a backfill.',
  selection: 'group:history',
})

export default definitions({
  assets: [
    rawWeather,
    rawAirports,
    rawFlights,
    dailyWeather,
    airports,
    flights,
    monthlyClimate,
    hotDays,
    wettestDays,
    airportDelays,
    summary,
    cityRecords,
    historyDay,
    historyMonth,
    historyRecords,
  ],
  assetChecks: [plausibleTemperatures, everyDay, fewLateAirports],
  jobs: [delays, history],
  resources: [datasets.configure({})],
})
