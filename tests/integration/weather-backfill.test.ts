import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import example from '../../examples/weather/definitions.ts'
import { filesystemIOManager } from '../../io/filesystem.ts'
import { buildLoadContext } from '../../testing/index.ts'
import { DurableStack } from '../durable-stack.ts'

describe('a backfill of the weather example', () => {
  let stack: DurableStack

  beforeAll(async () => {
    stack = await DurableStack.start('weather-backfill')
    // The example has the built copy of the package, as a project may have another than its worker.
    await stack.startWorker(example)
  })
  afterAll(() => stack.stop())

  const valueOf = async (assetKey: string, partitionKey?: string): Promise<unknown> => {
    const stored = filesystemIOManager({ folder: join(stack.folder, 'storage') })
    return await stored.load(buildLoadContext({ assetKey, ...(partitionKey !== undefined && { partitionKey }) }))
  }

  it('makes every day, every month from its days, and the records from the months', async () => {
    const backfill = await stack.backfillEnded(await stack.backfill({ job: 'history' }))
    expect(backfill.status).toBe('SUCCESS')
    const made = (count: number) => ({ targeted: count, requested: count, materialized: count, failed: 0, skipped: 0 })
    expect(backfill.assets).toEqual([
      { assetKey: 'history/day', ...made(1_461) },
      { assetKey: 'history/month', ...made(48) },
      { assetKey: 'history/records', ...made(1) },
    ])

    const expected = await months()
    expect(expected.size).toBe(48)
    for (const [month, rows] of expected) expect([month, await valueOf('history/month', `${month}-01`)]).toEqual([month, rows])

    const seattle = [...expected.values()].flat().filter(({ city }) => city === 'Seattle')
    expect(await valueOf('history/records')).toContainEqual({
      city: 'Seattle',
      warmest: seattle.toSorted((one, other) => other.meanMaximum - one.meanMaximum)[0]?.month,
      wettest: seattle.toSorted((one, other) => other.precipitation - one.precipitation)[0]?.month,
    })
  })
})

interface CityMonth {
  readonly city: string
  readonly month: string
  readonly meanMaximum: number
  readonly precipitation: number
  readonly rainyDays: number
}

/** What the months must be, from the file alone, in whole tenths: by month, cities by name. */
async function months(): Promise<ReadonlyMap<string, readonly CityMonth[]>> {
  const data = new URL('../data/weather.csv', `file://${createRequire(import.meta.url).resolve('vega-datasets')}`)
  const lines = (await readFile(data, 'utf8')).trimEnd().split('\n').slice(1)
  const sums = new Map<string, { days: number; maximum: number; precipitation: number; rainyDays: number }>()
  for (const [city = '', date = '', precipitation = '', maximum = ''] of lines.map((line) => line.split(','))) {
    const name = `${date.slice(0, 7)} ${city}`
    const sum = sums.get(name) ?? { days: 0, maximum: 0, precipitation: 0, rainyDays: 0 }
    sums.set(name, {
      days: sum.days + 1,
      maximum: sum.maximum + tenths(maximum),
      precipitation: sum.precipitation + tenths(precipitation),
      rainyDays: sum.rainyDays + (tenths(precipitation) > 0 ? 1 : 0),
    })
  }
  const found = new Map<string, CityMonth[]>()
  for (const name of [...sums.keys()].toSorted()) {
    const { days, maximum, precipitation, rainyDays } = sums.get(name) as NonNullable<ReturnType<typeof sums.get>>
    const [month, city] = [name.slice(0, 7), name.slice(8)]
    const row = { city, month, meanMaximum: Math.round(maximum / days) / 10, precipitation: precipitation / 10, rainyDays }
    found.set(month, [...(found.get(month) ?? []), row])
  }
  return found
}

function tenths(text: string): number {
  return Math.round(Number(text) * 10)
}
