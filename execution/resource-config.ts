import { isEnvVariable } from '../definitions/env.ts'
import type { Finding } from '../definitions/errors.ts'
import type { ConfiguredResource } from '../definitions/resource.ts'
import { checkConfig, type Checked, finding } from './schema-check.ts'
import type { SecretMask } from './secret-mask.ts'

/** Environment variables by name: `process.env`, or a test's own. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The config a resource's `create` gets: what it was configured with, the run's own config over it, environment
 * variables read, all checked by its schema.
 */
export async function resourceConfig(
  configured: ConfiguredResource,
  ofRun: unknown,
  environment: Environment,
  secrets: SecretMask,
): Promise<Checked> {
  const findings: Finding[] = []
  const path = `resources.${configured.name}`
  const read = readEnvironment(merged(configured.config, ofRun), path, environment, secrets, findings)
  return findings.length > 0 ? { findings } : checkConfig(configured.resource.schema, read, path)
}

function merged(config: unknown, ofRun: unknown): unknown {
  if (ofRun === undefined) return config
  return isRecord(config) && isRecord(ofRun) && !isEnvVariable(config) ? { ...config, ...ofRun } : ofRun
}

function readEnvironment(value: unknown, path: string, environment: Environment, secrets: SecretMask, findings: Finding[]): unknown {
  if (isEnvVariable(value)) {
    const found = environment[value.name]
    if (found === undefined) {
      findings.push(
        finding('ENV_MISSING', path, `needs the environment variable ${value.name}, which is not set. Set it where the worker runs.`),
      )
      return undefined
    }
    secrets.add(value.name, found)
    return found
  }
  if (Array.isArray(value)) return value.map((item, index) => readEnvironment(item, `${path}[${index}]`, environment, secrets, findings))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readEnvironment(item, `${path}.${key}`, environment, secrets, findings)]),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || isEnvVariable(value)
}
