import { snapshotOf } from '../../planning/snapshot-of.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { loadDefinitions } from '../load-definitions.ts'
import { countText } from '../metadata-text.ts'
import { openProject } from '../project.ts'
import { shownPath } from '../source-location.ts'
import { colorsFor } from '../terminal.ts'

/** Options of `assetry definitions validate`. */
export interface DefinitionsValidateOptions {
  readonly file?: string
  readonly json?: boolean
}

/** Loads the definitions and says what they hold. Whatever is wrong with them is thrown. */
export async function definitionsValidate(options: DefinitionsValidateOptions): Promise<ExitCode> {
  const { definitionsFile } = openProject(options)
  const { assets, jobs, resources } = await snapshotOf(await loadDefinitions(definitionsFile))
  const groups = new Set(assets.map((asset) => asset.group))
  const counts = { assets: assets.length, groups: groups.size, jobs: jobs.length, resources: resources.length }
  if (options.json === true) writeJson({ valid: true, file: definitionsFile, ...counts })
  else {
    const parts = [
      `${countText(counts.assets, 'asset')} in ${countText(counts.groups, 'group')}`,
      countText(counts.jobs, 'job'),
      countText(counts.resources, 'resource'),
    ]
    process.stdout.write(`${colorsFor(process.stdout).green('✓')} ${shownPath(definitionsFile)} is valid: ${parts.join(', ')}\n`)
  }
  return exitCodes.done
}
