import type { Definitions } from '../../definitions/definitions.ts'
import { errorOfFindings, type Finding } from '../../definitions/errors.ts'
import { checkOwnConfig } from '../../execution/resource-config.ts'
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

/**
 * Loads the definitions and says what they hold. Whatever is wrong with them is thrown.
 *
 * @throws `DEFINITIONS_INVALID` also where a resource's schema refuses the config that it was given
 */
export async function definitionsValidate(options: DefinitionsValidateOptions): Promise<ExitCode> {
  const { definitionsFile } = openProject(options)
  const definitions = await loadDefinitions(definitionsFile)
  const warnings = await resourceWarnings(definitions)
  const { assets, jobs, resources } = await snapshotOf(definitions)
  const groups = new Set(assets.map((asset) => asset.group))
  const checks = assets.reduce((count, asset) => count + asset.checks.length, 0)
  const counts = { assets: assets.length, groups: groups.size, checks, jobs: jobs.length, resources: resources.length }
  if (options.json === true) writeJson({ valid: true, file: definitionsFile, ...counts, warnings })
  else {
    const parts = [
      `${countText(counts.assets, 'asset')} in ${countText(counts.groups, 'group')}`,
      ...(checks === 0 ? [] : [countText(checks, 'check')]),
      countText(counts.jobs, 'job'),
      countText(counts.resources, 'resource'),
    ]
    process.stdout.write(`${colorsFor(process.stdout).green('✓')} ${shownPath(definitionsFile)} is valid: ${parts.join(', ')}\n`)
    for (const { message } of warnings) process.stderr.write(`${colorsFor(process.stderr).yellow('warning')} ${message}\n`)
  }
  return exitCodes.done
}

async function resourceWarnings({ resources }: Definitions): Promise<readonly Finding[]> {
  const checks = await Promise.all(Object.values(resources).map(checkOwnConfig))
  const error = errorOfFindings(
    'DEFINITIONS_INVALID',
    'The definitions are not valid',
    checks.flatMap((check) => check.findings),
  )
  if (error !== undefined) throw error
  return checks.flatMap((check) => check.warnings)
}
