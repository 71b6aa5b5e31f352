import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { asset, assetJob, definitions, runRequest, sensor, skip } from '../dist/index.js'

/** Sensors with an interval of 5 seconds: those that do their work, those that never come to an end, and those that throw. */
export const sensorCounts = { working: 460, hanging: 20, throwing: 20 } as const

const orders = asset({ key: 'orders', materialize: () => 1 })
const ingest = assetJob({ name: 'ingest', selection: 'orders' })

const told = sensor({
  name: 'told',
  job: ingest,
  defaultStatus: 'RUNNING',
  events: z.object({ order: z.number() }),
  evaluate: ({ events }) => events.map(({ order }) => runRequest({ tags: { order: String(order) } })),
})

function many(kind: keyof typeof sensorCounts, evaluate: () => unknown) {
  return Array.from({ length: sensorCounts[kind] }, (_, index) =>
    sensor({ name: `${kind}_${index}`, job: ingest, minimumInterval: '5 seconds', evaluate: evaluate as () => undefined }),
  )
}

export default definitions({
  assets: [orders],
  jobs: [ingest],
  sensors: [
    told,
    ...many('working', async () => {
      await wait(5)
      return skip('nothing new')
    }),
    ...many('hanging', () => new Promise(() => undefined)),
    ...many('throwing', () => {
      throw new Error('thrown by a sensor')
    }),
  ],
})
