import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { asset, assetJob, definitions, dynamicPartitions, output, resource, runRequest, schedule, sensor, skip } from 'assetry'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'

/** A folder into which others put CSV files. */
const inbox = resource({
  name: 'inbox',
  description: 'The folder that files are put into.',
  config: z.object({ folder: z.string().default('inbox') }),
  create: ({ folder }) => ({
    files: async () => (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort(),
    read: (name: string) => readFile(join(folder, basename(name)), 'utf8'),
  }),
})

const inboxFiles = dynamicPartitions('inbox_files')

export const readings = asset({
  key: 'readings',
  description: 'The rows of one file of the inbox.',
  partitions: inboxFiles,
  resources: { inbox },
  materialize: async (_inputs, { partitionKey, resources }) => {
    const rows = parse<Readonly<Record<string, string>>>(await resources.inbox.read(partitionKey), { columns: true })
    return output(rows, { metadata: { rows: rows.length } })
  },
})

export const orders = asset({
  key: 'orders',
  description: 'The newest order that a shop has told of.',
  config: z.object({ id: z.string(), amount: z.number() }).default({ id: 'none', amount: 0 }),
  materialize: (_inputs, { config }) => config,
})

export const report = asset({
  key: 'report',
  description: 'What came in, each morning.',
  inputs: { orders },
  materialize: ({ orders }) => `The newest order is ${orders.id}, of ${orders.amount}.`,
})

const ingest = assetJob({ name: 'ingest', selection: 'readings' })
const takeOrder = assetJob({ name: 'take_order', selection: 'orders' })
const morningReport = assetJob({ name: 'morning_report', selection: 'report' })

/** Looks into the folder every five seconds: each file becomes a partition, and is read once. */
export const newFiles = sensor({
  name: 'new_files',
  job: ingest,
  minimumInterval: '5 seconds',
  resources: { inbox },
  evaluate: async ({ resources, cursor, updateCursor, addPartitions }) => {
    const known = new Set<string>(cursor === undefined ? [] : z.array(z.string()).parse(JSON.parse(cursor)))
    const files = await resources.inbox.files()
    const fresh = files.filter((name) => !known.has(name))
    if (fresh.length === 0) return skip(`no new file among ${files.length}`)
    addPartitions(inboxFiles, fresh)
    updateCursor(JSON.stringify(files))
    return fresh.map((name) => runRequest({ runKey: name, partitionKey: name }))
  },
})

/** Is told of orders over HTTP: each becomes a run at once. */
export const shopOrders = sensor({
  name: 'shop_orders',
  job: takeOrder,
  events: z.object({ id: z.string(), amount: z.number() }),
  evaluate: ({ events }) => events.map((order) => runRequest({ runKey: order.id, runConfig: { assets: { orders: order } } })),
})

export const everyMorning = schedule({ name: 'every_morning', job: morningReport, cron: '0 6 * * *', timezone: 'Europe/Berlin' })

export default definitions({
  assets: [readings, orders, report],
  jobs: [ingest, takeOrder, morningReport],
  sensors: [newFiles, shopOrders],
  schedules: [everyMorning],
  resources: [inbox],
})
