import { type AnyAsset, asset } from '../definitions/asset.ts'
import { type Definitions, definitions } from '../definitions/definitions.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { FreshnessPolicy } from '../definitions/freshness-policy.ts'
import { assetJob, job } from '../definitions/job.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { observableAsset } from '../definitions/observable-asset.ts'
import { input } from '../definitions/input.ts'
import { op } from '../definitions/op.ts'
import { timeWindowMapping } from '../definitions/partition-mappings/partition-mappings.ts'
import { dailyPartitions, monthlyPartitions } from '../definitions/partitions/window-partitions.ts'
import { schedule } from '../definitions/schedule.ts'
import { sensor } from '../definitions/sensor.ts'
import { skip } from '../definitions/skip.ts'
import { z } from 'zod'

const fail = (): number => {
  throw new Error('no such table')
}

const source = asset({ key: 'source', materialize: () => [1, 2, 3] })
const left = asset({
  key: 'left',
  inputs: { source },
  retries: { max: 1 },
  materialize: (inputs, { attempt }) => (attempt === 1 ? fail() : inputs.source.length),
})
const right = asset({ key: 'right', inputs: { source }, timeout: '1 minute', materialize: (inputs) => inputs.source.length })
const report = asset({ key: 'report', inputs: { left, right }, materialize: (inputs) => inputs.left + inputs.right })

const broken = asset({ key: 'broken', group: 'broken', materialize: fail })
const behind = asset({ key: 'behind', group: 'broken', deps: [broken], materialize: () => 1 })
const aside = asset({ key: 'aside', group: 'broken', materialize: () => 1 })

/** Two pages of a plan, of which one step is run: the history stays small. */
const first = asset({ key: 'many/first', group: 'many', materialize: fail })
const many = Array.from({ length: 1_000 }, (_, index) =>
  asset({ key: `many/a${index}`, group: 'many', deps: [first], materialize: () => 1 }),
)

const chain: AnyAsset[] = [asset({ key: 'chain/broken', group: 'chain', materialize: fail })]
chain.push(asset({ key: 'chain/behind', group: 'chain', deps: chain, materialize: () => 1 }))
for (let index = 0; index < 20; index += 1)
  chain.push(asset({ key: `chain/a${index}`, group: 'chain', deps: index === 0 ? [] : chain.slice(-1), materialize: () => index }))

let runs: () => void = () => undefined
/** Resolves when the step that never ends by itself is running. */
export const endlessRuns = new Promise<void>((resolve) => {
  runs = resolve
})
const endless = asset({
  key: 'endless',
  materialize: (_, { signal }) => {
    runs()
    return new Promise<number>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  },
})
const afterEndless = asset({ key: 'after_endless', deps: [endless], materialize: () => 1 })

const watched = asset({ key: 'watched', freshness: FreshnessPolicy.timeWindow({ failWindow: '4 seconds' }), materialize: () => 1 })

const feed = observableAsset({ key: 'feed', group: 'model', observe: () => 'version 1' })
const parts = multiAsset({
  name: 'parts',
  group: 'model',
  deps: [feed],
  outputs: { good: { key: 'part/good' }, bad: { key: 'part/bad' } },
  materialize: () => ({ good: 1, bad: 2 }),
})
const sound = assetCheck({ name: 'sound', asset: parts.assets.good, blocking: true, check: () => true })
const refused = assetCheck({ name: 'refused', asset: parts.assets.bad, blocking: true, check: () => false })
const behindSound = asset({ key: 'part/behind_good', group: 'model', deps: [parts.assets.good], materialize: () => 1 })
const behindRefused = asset({ key: 'part/behind_bad', group: 'model', deps: [parts.assets.bad], materialize: () => 1 })

/** Lists within a list, one of them empty; an output that is left out; what collects both. More steps than one execution takes. */
const folders = op({ name: 'folders', run: () => [4, 0, 5] })
const files = op({ name: 'files', run: ({ count }: { count: number }) => Array.from({ length: count }, (_each, index) => index) })
const read = op({
  name: 'read',
  outputs: { text: { optional: true } },
  run: ({ file }: { file: number }) => (file === 1 ? {} : { text: `file ${file}` }),
})
const shown = op({ name: 'shown', run: ({ text }: { text: string }) => text.length })
const sum = op({ name: 'sum', run: ({ sizes }: { sizes: readonly number[] }) => sizes.reduce((all, size) => all + size, 0) })
const mapped = job({
  name: 'mapped',
  graph: () => {
    const inFolders = folders().map((count) =>
      sum({
        sizes: files({ count })
          .map((file) => shown({ text: read({ file }).text }))
          .collect(),
      }),
    )
    sum({ sizes: inFolders.collect() })
  },
})

const window = { start: '2026-01-01', end: '2026-04-01' }
const days = asset({
  key: 'days',
  group: 'days',
  partitions: dailyPartitions(window),
  materialize: (_inputs, { partitionKey }) => (partitionKey === '2026-01-13' ? fail() : partitionKey.length),
})
const months = asset({
  key: 'months',
  group: 'days',
  partitions: monthlyPartitions(window),
  inputs: { days: input(days, { partitionMapping: timeWindowMapping() }) },
  materialize: (inputs) => inputs.days.size,
})

const told = sensor({ name: 'told', events: z.object({}), evaluate: () => skip('nothing to do') })
const everyDay = { selection: 'source', cron: '0 6 * * *', missedTicks: 'all' } as const

/** Assets whose runs take every path through the `run` workflow. */
export const recordedDefinitions: Definitions = definitions({
  assets: [
    source,
    watched,
    left,
    right,
    report,
    broken,
    behind,
    aside,
    first,
    ...many,
    ...chain,
    endless,
    afterEndless,
    feed,
    parts,
    behindSound,
    behindRefused,
    days,
    months,
  ],
  assetChecks: [sound, refused],
  jobs: [assetJob({ name: 'report', selection: '+report' }), mapped],
  sensors: [told],
  schedules: [schedule({ ...everyDay, name: 'waiting', overlap: 'skip' }), schedule({ ...everyDay, name: 'allowing' })],
})
