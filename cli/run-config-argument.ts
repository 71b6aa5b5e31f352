import { existsSync, readFileSync } from 'node:fs'
import type { RunConfig } from '../definitions/config.ts'
import { AssetryError } from '../definitions/errors.ts'

/**
 * The run config that `--config` gives: JSON where it begins with `{`, else the JSON of the file it names.
 *
 * @throws `USAGE` where it is neither, or has other keys than `assets`, `ops` and `resources`
 */
export function runConfigArgument(given: string): RunConfig {
  const isJson = given.trimStart().startsWith('{')
  if (!isJson && !existsSync(given))
    throw refused(
      `names the file "${given}", which is not there. Give JSON such as '{"assets":{"orders":{"limit":5}}}', or a file that holds it.`,
    )
  const source = isJson ? 'its JSON' : given
  return checked(parsed(isJson ? given : readFileSync(given, 'utf8'), source), source)
}

function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw refused(`can't be read: ${source} is not valid (${(cause as Error).message}).`, cause)
  }
}

const sections = ['assets', 'ops', 'resources']

function checked(config: unknown, source: string): RunConfig {
  if (!isRecord(config)) throw refused(`is not an object. Use {"assets": {…}, "resources": {…}}.`)
  for (const [name, section] of Object.entries(config)) {
    if (!sections.includes(name)) throw refused(`has "${name}" at the top of ${source}; what can stand there is ${sections.join(', ')}.`)
    if (!isRecord(section)) throw refused(`has "${name}" in ${source}, which is not an object of names.`)
  }
  return config
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(what: string, cause?: unknown): AssetryError {
  return new AssetryError('USAGE', `--config ${what}`, { cause })
}
