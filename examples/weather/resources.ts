import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { resource } from 'assetry'
import { z } from 'zod'

/** Where the npm package `vega-datasets` keeps its files: `data/`, beside the `build/` of its entry. */
const packagedFolder = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data')

/** A folder of data files. */
export interface Datasets {
  /** The text of a file. */
  read(file: string, signal?: AbortSignal): Promise<string>
}

export const datasets = resource({
  name: 'datasets',
  description: 'The data files of the npm package vega-datasets, or of another folder with files of the same names.',
  config: z.object({ folder: z.string().default(packagedFolder) }),
  create: ({ folder }): Datasets => ({
    read: (file, signal) => readFile(join(folder, file), { encoding: 'utf8', ...(signal && { signal }) }),
  }),
})
