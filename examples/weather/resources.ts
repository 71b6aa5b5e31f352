import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { resource } from 'assetry'
import { groupBy } from 'es-toolkit'
import { z } from 'zod'
import { type CsvRow, csvRows } from './csv-rows.ts'

/** Where the npm package `vega-datasets` keeps its files: `data/`, beside the `build/` of its entry. */
const packagedFolder = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data')

/** A folder of data files. */
export interface Datasets {
  /** The text of a file. */
  read(file: string, signal?: AbortSignal): Promise<string>
  /** What the weather file has of a day, such as `2012-01-01`. */
  weatherOf(day: string): Promise<readonly CsvRow[]>
}

export const datasets = resource({
  name: 'datasets',
  description: 'The data files of the npm package vega-datasets, or of another folder with files of the same names.',
  config: z.object({ folder: z.string().default(packagedFolder) }),
  create: ({ folder }): Datasets =>
    datasetsRead((file, signal) => readFile(join(folder, file), { encoding: 'utf8', ...(signal && { signal }) })),
})

/** Data files that are read in this way. A worker keeps its client, so that 1,461 days parse the weather file once. */
export function datasetsRead(read: Datasets['read']): Datasets {
  let byDay: Promise<Readonly<Record<string, readonly CsvRow[]>>> | undefined
  const parsed = async () => groupBy(csvRows(await read('weather.csv')), ({ date }) => date ?? '')
  return {
    read,
    weatherOf: async (day) => {
      byDay ??= parsed().catch((error: unknown) => {
        // A file that is away for a moment is read again by the retry.
        byDay = undefined
        throw error
      })
      return (await byDay)[day] ?? []
    },
  }
}
