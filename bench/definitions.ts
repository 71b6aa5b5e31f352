import { type AnyAsset, asset, assetJob, definitions, type ExecutableJob, job, op } from 'assetry'

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

/** A graph in layers of fifty, each asset after two of the layer before. */
function layers(size: number): readonly AnyAsset[] {
  const made: AnyAsset[] = []
  for (let position = 0; position < size; position += 1) {
    const before = made.slice(Math.max(0, position - 50), Math.max(0, position - 48))
    made.push(
      asset({ key: `graph_${size}/${position}`, group: `graph_${size}`, deps: position < 50 ? [] : before, materialize: () => position }),
    )
  }
  return made
}

/** A list of this length, known only in the run, mapped and collected. */
function fanOut(size: number): ExecutableJob {
  const list = op({ name: 'list', run: () => Array.from({ length: size }, (_each, position) => position) })
  const each = op({ name: 'each', run: ({ position }: { position: number }) => position })
  const count = op({ name: 'count', run: ({ all }: { all: readonly number[] }) => all.length })
  return job({
    name: `fan_out_${size}`,
    graph: () => {
      count({
        all: list()
          .map((position) => each({ position }))
          .collect(),
      })
    },
  })
}

/** Sizes that are compared: a step of the larger run may cost twice that of the smaller at most. */
export const graphSizes = [100, 5_000] as const
export const fanOutSizes = [100, 2_000] as const

export default definitions({
  assets: [...chain, ...fan, rawData, highScorers, count, ...graphSizes.flatMap(layers)],
  jobs: [
    ...['chain', 'fan', 'three', ...graphSizes.map((size) => `graph_${size}`)].map((group) =>
      assetJob({ name: group, selection: `group:${group}` }),
    ),
    ...fanOutSizes.map(fanOut),
  ],
})
