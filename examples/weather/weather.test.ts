import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { materialize } from 'assetry'
import { buildAssetContext, memoryIOManager } from 'assetry/testing'
import { describe, expect, it } from 'vitest'
import { airports, dailyWeather, flights, type WeatherDay } from './assets/cleaned.ts'
import { historyDay, historyMonth } from './assets/history.ts'
import { rawAirports, rawFlights, rawWeather } from './assets/raw.ts'
import { airportDelays, hotDays, monthlyClimate, summary, wettestDays } from './assets/reports.ts'
import { datasetsRead } from './resources.ts'

const day = (date: string, maximum: number): WeatherDay => ({
  city: 'Seattle',
  date,
  precipitation: 0,
  maximum,
  minimum: 10,
  wind: 3,
  weather: 'sun',
})

describe('one asset, called as the function it is', () => {
  it('counts a day as hot from the configured temperature on', () => {
    const days = [day('2015-07-18', 31), day('2015-07-19', 35), day('2015-07-20', 34.9)]
    const { value } = hotDays.materialize({ dailyWeather: days }, buildAssetContext({ config: { hotFrom: 35 } }))
    expect(value).toEqual([{ city: 'Seattle', year: 2015, days: 1, hottest: '2015-07-19' }])
  })

  it('refuses a day that occurs twice', () => {
    const row = { location: 'Seattle', date: '2015-07-19', precipitation: '0', temp_max: '35', temp_min: '17', wind: '3', weather: 'sun' }
    expect(() => dailyWeather.materialize({ rawWeather: [row, row] })).toThrow('1 days occur more than once')
  })
})

describe('partitions, in this process', () => {
  it('makes a day, and a month from its days, from a file that is read once', async () => {
    let reads = 0
    const february = datasetsRead(async () => {
      reads += 1
      const days = Array.from({ length: 29 }, (_each, index) => `2012-02-${String(index + 1).padStart(2, '0')}`)
      return `location,date,precipitation,temp_max,temp_min,wind,weather\n${days.map((date) => `Oslo,${date},0.5,2,-3,4,snow\n`).join('')}`
    })
    const options = { resources: { datasets: february }, ioManager: memoryIOManager() }
    for (let date = 1; date <= 29; date += 1)
      await materialize([historyDay], { ...options, partitionKey: `2012-02-${String(date).padStart(2, '0')}` })
    const result = await materialize([historyDay, historyMonth], { ...options, selection: 'history/month', partitionKey: '2012-02-01' })
    expect(result.outputFor(historyMonth)).toEqual([{ city: 'Oslo', month: '2012-02', meanMaximum: 2, precipitation: 14.5, rainyDays: 29 }])
    expect(reads).toBe(1)
  })
})

describe('all assets, in this process', () => {
  const climate = [rawWeather, dailyWeather, monthlyClimate, hotDays, wettestDays]

  it('agrees with a plain computation over the same files', async () => {
    const result = await materialize([...climate, rawAirports, rawFlights, airports, flights, airportDelays, summary])
    expect(result.success).toBe(true)

    const seattle = (await lines('weather.csv')).map((line) => line.split(',')).filter(([city]) => city === 'Seattle')
    const julyMaxima = seattle.filter(([, date]) => date?.slice(5, 7) === '07').map((fields) => Number(fields[3]))
    const july = result.outputFor(monthlyClimate).find((month) => month.city === 'Seattle' && month.month === 7)
    expect(july?.meanMaximum).toBeCloseTo(julyMaxima.reduce((sum, each) => sum + each, 0) / julyMaxima.length, 1)

    const hot = result.outputFor(hotDays).filter((year) => year.city === 'Seattle')
    expect(hot.map((year) => year.days)).toEqual(
      ['2012', '2013', '2014', '2015'].map(
        (year) => seattle.filter(([, date, , maximum]) => date?.startsWith(year) && Number(maximum) >= 30).length,
      ),
    )

    const sample = JSON.parse(await file('flights-20k.json')) as { origin: string; delay: number }[]
    const fromSeattle = sample.filter((flight) => flight.origin === 'SEA')
    expect(result.outputFor(airportDelays).find((row) => row.iata === 'SEA')).toMatchObject({
      city: 'Seattle',
      flights: fromSeattle.length,
      lateShare: Math.round((fromSeattle.filter((flight) => flight.delay >= 15).length / fromSeattle.length) * 1000) / 1000,
    })

    expect(result.outputFor(summary)).toContain('## Seattle')
  })

  it('takes its rows from the resource it is given', async () => {
    const twoDays = datasetsRead(
      async () =>
        'location,date,precipitation,temp_max,temp_min,wind,weather\nOslo,2020-01-01,1.5,2,-3,4,snow\nOslo,2020-01-02,0,1,-4,4,sun\n',
    )
    const result = await materialize(climate, {
      resources: { datasets: twoDays },
      runConfig: { assets: { 'reports/wettest_days': { count: 1 } } },
    })
    expect(result.outputFor(wettestDays)).toEqual([
      { city: 'Oslo', date: '2020-01-01', precipitation: 1.5, maximum: 2, minimum: -3, wind: 4, weather: 'snow' },
    ])
  })
})

const packageEntry = createRequire(import.meta.url).resolve('vega-datasets')

async function file(name: string): Promise<string> {
  return await readFile(new URL(`../data/${name}`, `file://${packageEntry}`), 'utf8')
}

async function lines(name: string): Promise<readonly string[]> {
  return (await file(name)).trimEnd().split('\n').slice(1)
}
