import { existsSync, readFileSync } from 'node:fs'
import type { RunConfig } from '../definitions/config.ts'
import { AssetryError } from '../definitions/errors.ts'

/**
 * The run config that `--config` gives: JSON where it begins with `{`, else the JSON of the file it names.
 *
 * What it holds is checked with the run, so that everything wrong with it is told together.
 *
 * @throws `USAGE` where it is neither, or no object
 */
export function runConfigArgument(given: string): RunConfig {
  const isJson = given.trimStart().startsWith('{')
  if (!isJson && !existsSync(given))
    throw refused(
      `names the file "${given}", which is not there. Give JSON such as '{"assets":{"orders":{"limit":5}}}', or a file that holds it.`,
    )
  const source = isJson ? 'its JSON' : given
  return checked(parsed(isJson ? given : readFileSync(given, 'utf8'), source))
}

function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw refused(`can't be read: ${source} is not valid (${(cause as Error).message}).`, cause)
  }
}

function checked(config: unknown): RunConfig {
  if (!isRecord(config)) throw refused(`is not an object. Use {"assets": {…}, "resources": {…}}.`)
  return config
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(what: string, cause?: unknown): AssetryError {
  return new AssetryError('USAGE', `--config ${what}`, { cause })
}
