import { asset, output } from 'assetry'
import { z } from 'zod'
import { csvRows } from '../csv-rows.ts'
import { datasets } from '../resources.ts'

/** What the three files have in common: they are read from a disk, which may be away for a moment. */
const readFromFile = {
  group: 'raw',
  owners: ['team:data'],
  tags: { layer: 'raw' },
  resources: { datasets },
  retries: { max: 3, delay: '1 second' },
  timeout: '1 minute',
} as const

export const rawWeather = asset({
  ...readFromFile,
  key: 'raw/weather',
  description: 'Daily weather of Seattle and New York, 2012 to 2015, as NOAA reported it.',
  kinds: ['csv'],
  metadata: { source: new URL('https://www.ncdc.noaa.gov/cdo-web/datatools/findstation') },
  materialize: async (_inputs, { resources, signal }) => {
    const rows = csvRows(await resources.datasets.read('weather.csv', signal))
    return output(rows, { metadata: { rows: rows.length } })
  },
})

export const rawAirports = asset({
  ...readFromFile,
  key: 'raw/airports',
  description: 'Airports of the United States and its territories.',
  kinds: ['csv'],
  metadata: { source: new URL('https://catalog.data.gov/dataset/airports-5e97a') },
  materialize: async (_inputs, { resources, signal }) => {
    const rows = csvRows(await resources.datasets.read('airports.csv', signal))
    return output(rows, { metadata: { rows: rows.length } })
  },
})

export const rawFlights = asset({
  ...readFromFile,
  key: 'raw/flights',
  description:
    'A sample of 20,000 domestic flights of January to March 2001 with their delays, reported to the Bureau of Transportation Statistics.',
  kinds: ['json'],
  metadata: { source: new URL('https://www.transtats.bts.gov/DL_SelectFields.asp?gnoyr_VQ=FGJ') },
  materialize: async (_inputs, { resources, signal }) => {
    const text = await resources.datasets.read('flights-20k.json', signal)
    const rows = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(text))
    return output(rows, { metadata: { rows: rows.length } })
  },
})
