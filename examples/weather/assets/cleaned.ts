import { asset, Failure, output } from 'assetry'
import { uniqBy } from 'es-toolkit'
import { z } from 'zod'
import { rawAirports, rawFlights, rawWeather } from './raw.ts'

const cleaned = { group: 'cleaned', owners: ['team:data'], tags: { layer: 'cleaned' }, kinds: ['zod'] } as const

/** A number that was written as text; empty text is an error and not 0. */
const numberText = z.string().nonempty().pipe(z.coerce.number())

const Weather = z.enum(['drizzle', 'rain', 'snow', 'sun', 'fog'])

/** A row of the weather file, read as numbers and under names of ours. */
export const WeatherRow = z
  .object({
    location: z.string(),
    date: z.iso.date(),
    precipitation: numberText,
    temp_max: numberText,
    temp_min: numberText,
    wind: numberText,
    weather: Weather,
  })
  .transform((row) => ({
    city: row.location,
    date: row.date,
    /** Millimetres. */
    precipitation: row.precipitation,
    /** Degrees Celsius. */
    maximum: row.temp_max,
    /** Degrees Celsius. */
    minimum: row.temp_min,
    wind: row.wind,
    weather: row.weather,
  }))

/** The weather of one city on one day. */
export type WeatherDay = z.infer<typeof WeatherRow>

export const dailyWeather = asset({
  ...cleaned,
  key: 'cleaned/daily_weather',
  description: 'One typed row a city and day.',
  inputs: { rawWeather },
  materialize: ({ rawWeather }) => {
    const days = z.array(WeatherRow).parse(rawWeather)
    const repeated = days.length - uniqBy(days, (day) => `${day.city} ${day.date}`).length
    if (repeated > 0) throw new Failure(`${repeated} days occur more than once`, { retryable: false, metadata: { repeated } })
    const dates = days.map((day) => day.date).sort()
    return output(days, { metadata: { rows: days.length, from: dates[0], to: dates.at(-1) } })
  },
})

/** The file writes a missing city or state as "NA". */
const textOrMissing = z.string().transform((text) => (text === 'NA' ? null : text))

const Airport = z.object({
  iata: z.string().nonempty(),
  name: z.string(),
  city: textOrMissing,
  state: textOrMissing,
  latitude: numberText,
  longitude: numberText,
})

export type Airport = z.infer<typeof Airport>

export const airports = asset({
  ...cleaned,
  key: 'cleaned/airports',
  description: 'Airports with numbers for coordinates, and nothing where city or state is unknown.',
  inputs: { rawAirports },
  materialize: ({ rawAirports }) => {
    const rows = z.array(Airport).parse(rawAirports)
    return output(rows, { metadata: { rows: rows.length, withoutCity: rows.filter((row) => row.city === null).length } })
  },
})

const Flight = z
  .object({
    date: z.string().regex(/^\d{4}\/\d\d\/\d\d \d\d:\d\d$/),
    delay: z.number(),
    distance: z.number(),
    origin: z.string(),
    destination: z.string(),
  })
  .transform(({ date, delay, distance, origin, destination }) => ({
    /** Local time of the origin, such as `2001-01-01T06:55`. */
    departure: date.replaceAll('/', '-').replace(' ', 'T'),
    /** Minutes; negative where the flight was early. */
    delay,
    /** Miles. */
    distance,
    origin,
    destination,
  }))

export type Flight = z.infer<typeof Flight>

export const flights = asset({
  ...cleaned,
  key: 'cleaned/flights',
  description: 'Flights between two airports that we know.',
  inputs: { rawFlights, airports },
  materialize: ({ rawFlights, airports }, { log }) => {
    const known = new Set(airports.map((airport) => airport.iata))
    const all = z.array(Flight).parse(rawFlights)
    const rows = all.filter((flight) => known.has(flight.origin) && known.has(flight.destination))
    const dropped = all.length - rows.length
    if (dropped > 0) log.warn('flights from or to an unknown airport were dropped', { dropped })
    return output(rows, { metadata: { rows: rows.length, dropped } })
  },
})
