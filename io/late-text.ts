import { type EnvVariable, isEnvVariable } from '../definitions/env.ts'
import { AssetryError } from '../definitions/errors.ts'

/** A setting that is written out, or `env('NAME')`, read where and when a value is saved or loaded. */
export type LateText = string | EnvVariable

/**
 * What a setting says.
 *
 * @param owner - whose setting it is, for the text of errors: `postgresIOManager(): url`
 * @throws `ENV_MISSING`
 */
export function lateText(owner: string, setting: LateText): string {
  if (!isEnvVariable(setting)) return setting
  const value = process.env[setting.name]
  if (value !== undefined) return value
  throw new AssetryError(
    'ENV_MISSING',
    `${owner} needs the environment variable ${setting.name}, which is not set. Set it where the worker runs.`,
    {
      facts: { owner, variable: setting.name },
    },
  )
}
