import { assetJob, definitions } from 'assetry'
import { airports, dailyWeather, flights } from './assets/cleaned.ts'
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
  ],
  assetChecks: [plausibleTemperatures, everyDay, fewLateAirports],
  jobs: [delays],
  resources: [datasets.configure({})],
})
