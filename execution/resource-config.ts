import { environmentNames, isEnvVariable } from '../definitions/env.ts'
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
  const path = `resources.${configured.name}`
  const reader = new EnvironmentReader(environment, secrets)
  const read = reader.read(merged(configured.config, ofRun), path)
  return reader.findings.length > 0 ? { findings: reader.findings } : checkConfig(configured.resource.schema, read, path)
}

/** What can be said of a resource's config before there is a run. */
export interface OwnConfigCheck {
  /** What its schema refuses of the config it was given. */
  readonly findings: readonly Finding[]
  /** What only a run can mend, by bringing config. */
  readonly warnings: readonly Finding[]
}

/** Checks the config that a resource was given itself. One that reads the environment is not known before it is created. */
export async function checkOwnConfig({ name, resource, config }: ConfiguredResource): Promise<OwnConfigCheck> {
  if (environmentNames(config).length > 0) return { findings: [], warnings: [] }
  const checked = await checkConfig(resource.schema, config, `resources.${name}`)
  if (!('findings' in checked)) return { findings: [], warnings: [] }
  return config === undefined ? { findings: [], warnings: [unconfigured(name)] } : { findings: checked.findings, warnings: [] }
}

function unconfigured(name: string): Finding {
  const message = `needs config and has none, so that each run that uses it must bring it. Give it here: ${name}.configure({ … }).`
  return finding('CONFIG_INVALID', `resources.${name}`, message)
}

function merged(config: unknown, ofRun: unknown): unknown {
  if (ofRun === undefined) return config
  return isRecord(config) && isRecord(ofRun) && !isEnvVariable(config) ? { ...config, ...ofRun } : ofRun
}

/** Puts the values of environment variables where a config names them, and notes those that are not set. */
class EnvironmentReader {
  readonly findings: Finding[] = []
  readonly #environment: Environment
  readonly #secrets: SecretMask

  constructor(environment: Environment, secrets: SecretMask) {
    this.#environment = environment
    this.#secrets = secrets
  }

  read(value: unknown, path: string): unknown {
    if (isEnvVariable(value)) return this.#variable(value.name, path)
    if (Array.isArray(value)) return value.map((item, index) => this.read(item, `${path}[${index}]`))
    if (!isRecord(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.read(item, `${path}.${key}`)]))
  }

  #variable(name: string, path: string): string | undefined {
    const found = this.#environment[name]
    if (found === undefined) {
      this.findings.push(
        finding('ENV_MISSING', path, `needs the environment variable ${name}, which is not set. Set it where the worker runs.`),
      )
    } else {
      this.#secrets.add(name, found)
    }
    return found
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || isEnvVariable(value)
}
