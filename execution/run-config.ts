import type { AssetKey } from '../definitions/asset-key.ts'
import type { AnyAsset } from '../definitions/asset.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Finding } from '../definitions/errors.ts'
import { runConfigError } from '../definitions/run-config-error.ts'
import { didYouMean, nearestText } from '../definitions/nearest.ts'
import { type Environment, resourceConfig } from './resource-config.ts'
import { checkConfig, finding } from './schema-check.ts'
import type { SecretMask } from './secret-mask.ts'

/** What a run config is checked for. */
export interface RunConfigRequest {
  readonly definitions: Definitions
  readonly assetKeys: readonly AssetKey[]
  readonly runConfig: RunConfig
  readonly environment: Environment
  readonly secrets: SecretMask
}

/**
 * Everything wrong with the config of a run, each with its path: names that the run doesn't have, values that a schema
 * refuses, environment variables that are not set. What a schema says of a secret is told without the secret.
 */
export async function runConfigFindings(request: RunConfigRequest): Promise<readonly Finding[]> {
  const chosen = new Set(request.assetKeys)
  const assets = request.definitions.assets.filter((asset) => chosen.has(asset.key))
  const findings = [...unknownNames(request, assets)]
  for (const asset of assets) {
    const checked = await checkConfig(asset.config, request.runConfig.assets?.[asset.key], `assets.${asset.key}`)
    if ('findings' in checked) findings.push(...checked.findings)
  }
  for (const name of resourceNames(assets)) findings.push(...(await resourceFindings(request, name)))
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

function resourceNames(assets: readonly AnyAsset[]): ReadonlySet<string> {
  return new Set(assets.flatMap((asset) => Object.values(asset.resources).map((resource) => resource.name)))
}

function unknownNames(request: RunConfigRequest, assets: readonly AnyAsset[]): readonly Finding[] {
  const sections: Readonly<Record<string, readonly string[]>> = {
    assets: assets.map((asset) => asset.key),
    ops: [],
    resources: [...resourceNames(assets)],
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
