import { type AnyAsset, asset, assetJob, definitions } from 'assetry'

/** Trivial assets in the shapes that are measured: what is left to see is what a step costs. */
const chain: AnyAsset[] = []
for (let position = 0; position < 100; position += 1) {
  const before = chain.at(-1)
  chain.push(asset({ key: `chain/${position}`, group: 'chain', deps: before === undefined ? [] : [before], materialize: () => position }))
}

const fan = Array.from({ length: 500 }, (_each, position) => asset({ key: `fan/${position}`, group: 'fan', materialize: () => position }))

const rawData = asset({ key: 'raw_data', group: 'three', materialize: () => [{ score: 92 }, { score: 78 }, { score: 85 }] })
const highScorers = asset({
  key: 'high_scorers',
  group: 'three',
  inputs: { rawData },
  materialize: ({ rawData }) => rawData.filter((row) => row.score > 80),
})
const count = asset({ key: 'count', group: 'three', inputs: { highScorers }, materialize: ({ highScorers }) => highScorers.length })

export default definitions({
  assets: [...chain, ...fan, rawData, highScorers, count],
  jobs: ['chain', 'fan', 'three'].map((group) => assetJob({ name: group, selection: `group:${group}` })),
})
