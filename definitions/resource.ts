import { type Branded, hasKind, kindOf } from './brand.ts'
import type { ConfigInput, ConfigOf, ConfigSchema } from './config.ts'
import type { WithEnv } from './env.ts'
import { definitionName } from './name.ts'

/** What {@link resource} takes. */
export interface ResourceOptions<TSchema extends ConfigSchema, TClient> {
  /** Its name in run config and on pages. */
  readonly name: string
  readonly description?: string
  /** Checks the config before `create` gets it. */
  readonly config?: TSchema
  /** Makes the client that assets get. Called once a process and config, when a step first needs it. */
  readonly create: (config: ConfigOf<TSchema>) => TClient | Promise<TClient>
  /** Frees what `create` took, when the process or the in-process run ends. */
  readonly dispose?: (client: TClient) => unknown
}

/** Something shared that assets ask for: a connection, an API client, a folder. */
export interface Resource<TClient = unknown, TConfigInput = never> extends Branded<'resource'> {
  readonly name: string
  readonly description: string | undefined
  readonly schema: ConfigSchema | undefined
  readonly create: (config: never) => TClient | Promise<TClient>
  readonly dispose: ((client: never) => unknown) | undefined
  /** This resource with its config; fields may be `env('NAME')`. */
  configure(config: TConfigInput extends object ? WithEnv<TConfigInput> : TConfigInput): ConfiguredResource
}

/** A resource together with its config, for `definitions({ resources })`. */
export interface ConfiguredResource extends Branded<'configured-resource'> {
  readonly name: string
  readonly resource: AnyResource
  /** May hold {@link EnvVariable}s. */
  readonly config: unknown
}

// oxlint-disable-next-line typescript/no-explicit-any -- the one place where a resource's own types don't matter
export type AnyResource = Resource<any, any>

/** What an asset gets for a resource: `ClientOf<typeof duckdb>`. */
export type ClientOf<TResource> = TResource extends Resource<infer TClient> ? TClient : never

/**
 * Declares a resource.
 *
 * @example
 * ```ts
 * const warehouse = resource({
 *   name: 'warehouse',
 *   config: z.object({ url: z.string() }),
 *   create: ({ url }) => connect(url),
 *   dispose: (client) => client.end(),
 * })
 * ```
 * @throws `INVALID_NAME`
 */
export function resource<TClient, TSchema extends ConfigSchema = ConfigSchema<undefined>>(
  options: ResourceOptions<TSchema, TClient>,
): Resource<TClient, ConfigInput<TSchema>> {
  const name = definitionName('resource', options.name)
  const self: Resource<TClient, ConfigInput<TSchema>> = {
    [kindOf]: 'resource',
    name,
    description: options.description,
    schema: options.config,
    create: options.create,
    dispose: options.dispose,
    configure: (config) => ({ [kindOf]: 'configured-resource', name, resource: self, config }),
  }
  return self
}

export function isResource(value: unknown): value is AnyResource {
  return hasKind(value, 'resource')
}

export function isConfiguredResource(value: unknown): value is ConfiguredResource {
  return hasKind(value, 'configured-resource')
}
