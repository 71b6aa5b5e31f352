import type { RunConfig } from '../definitions/config.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Finding } from '../definitions/errors.ts'
import { runConfigError } from '../definitions/run-config-error.ts'
import { didYouMean, nearestText } from '../definitions/nearest.ts'
import { type Environment, resourceConfig } from './resource-config.ts'
import { checkConfig, finding } from './schema-check.ts'
import type { SecretMask } from './secret-mask.ts'
import type { StepWork } from './step-work.ts'

/** What a run config is checked for. */
export interface RunConfigRequest {
  readonly definitions: Definitions
  /** What the run's steps run. */
  readonly works: readonly StepWork[]
  readonly runConfig: RunConfig
  readonly environment: Environment
  readonly secrets: SecretMask
}

/**
 * Everything wrong with the config of a run, each with its path: names that the run doesn't have, values that a schema
 * refuses, environment variables that are not set. What a schema says of a secret is told without the secret.
 */
export async function runConfigFindings(request: RunConfigRequest): Promise<readonly Finding[]> {
  const findings = [...unknownNames(request)]
  for (const { computation, configAt } of request.works) {
    const [section, name] = configAt
    const checked = await checkConfig(computation.config, request.runConfig[section]?.[name], configAt.join('.'))
    if ('findings' in checked) findings.push(...checked.findings)
  }
  for (const name of resourceNames(request.works)) findings.push(...(await resourceFindings(request, name)))
  return request.secrets.json(findings)
}

/** @throws `ENV_MISSING` where missing variables are all that is wrong, `CONFIG_INVALID` where there is more */
export async function checkRunConfig(request: RunConfigRequest): Promise<void> {
  const error = runConfigError(await runConfigFindings(request))
  if (error !== undefined) throw error
}

async function resourceFindings(request: RunConfigRequest, name: string): Promise<readonly Finding[]> {
  const configured = request.definitions.resources[name]
  if (configured === undefined) return []
  const checked = await resourceConfig(configured, request.runConfig.resources?.[name], request.environment, request.secrets)
  return 'findings' in checked ? checked.findings : []
}

function resourceNames(works: readonly StepWork[]): ReadonlySet<string> {
  return new Set(works.flatMap(({ computation }) => Object.values(computation.resources).map((resource) => resource.name)))
}

function unknownNames(request: RunConfigRequest): readonly Finding[] {
  const namesIn = (section: string): readonly string[] =>
    request.works.filter(({ configAt }) => configAt[0] === section).map(({ configAt }) => configAt[1])
  const sections: Readonly<Record<string, readonly string[]>> = {
    assets: namesIn('assets'),
    ops: namesIn('ops'),
    resources: [...resourceNames(request.works)],
  }
  return Object.entries<unknown>({ ...request.runConfig }).flatMap(([section, given]) => {
    const known = sections[section]
    if (known === undefined)
      return [
        finding('CONFIG_INVALID', section, `is no section of a run config. ${didYouMean(section, 'sections', Object.keys(sections))}`),
      ]
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      return [finding('CONFIG_INVALID', section, 'must be an object of config by name.')]
    return Object.keys(given)
      .filter((name) => !known.includes(name))
      .map((name) => finding('CONFIG_INVALID', `${section}.${name}`, `is not part of this run.${nearestText(name, known)}`))
  })
}
