import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AssetSnapshot } from '../planning/snapshot.ts'
import { projectRoot } from './project-root.ts'

const definitionsFile = 'examples/weather/definitions.ts'

/** The assets that one run can make: those of this group have partitions, which a backfill makes. */
const partitionedGroup = 'history'

/** Runs the `assetry` command as a user would, and gives its exit code. */
async function assetry(...args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/cli/main.js'), ...args], { cwd: projectRoot, stdio: 'inherit' })
  // Ctrl+C reaches both processes; the command ends what it started, and this one waits for it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

/** What each asset is made from, one asset a line, in the order in which they can be made. */
function lineageText(assets: readonly AssetSnapshot[]): string {
  const width = Math.max(...assets.map(({ key }) => key.length))
  const lines = assets.map(({ key, upstreamKeys }) =>
    upstreamKeys.length === 0 ? `  ${key}` : `  ${key.padEnd(width)} ← ${upstreamKeys.join(', ')}`,
  )
  return `\nLineage:\n${lines.join('\n')}\n`
}

/** What the demo makes. Imported late, because the example imports the package as a user does, and the build has made it by now. */
async function exampleAssets(): Promise<readonly AssetSnapshot[]> {
  const { default: example } = await import('../examples/weather/definitions.ts')
  const { snapshotOf } = await import('../planning/snapshot-of.ts')
  return (await snapshotOf(example)).assets.filter(({ group }) => group !== partitionedGroup)
}

const whatNext = `What next:
  npm run demo     once more: the history in .assetry/ is kept, and nothing is built again
  npm start        serve the example: http://127.0.0.1:3000/api/docs, and Temporal's Web UI
  ${definitionsFile}, and the assets beside it: change one while it is served
`

/** `npm run demo`: materializes the example durably, all of it that has no partitions, then shows what came from what, and what to do next. */
const exitCode = await assetry('asset', 'materialize', '--file', definitionsFile, '--select', `not group:${partitionedGroup}`)
if (exitCode === 0) {
  console.log(lineageText(await exampleAssets()))
  console.log(whatNext)
}
process.exitCode = exitCode
