import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema that checks config: any Standard Schema; zod is the documented one. */
export type ConfigSchema<TInput = unknown, TOutput = TInput> = StandardSchemaV1<TInput, TOutput>

/** What a schema makes of its input: `ConfigOf<typeof schema>`. */
export type ConfigOf<TSchema extends ConfigSchema> = StandardSchemaV1.InferOutput<TSchema>

/** What a schema accepts. */
export type ConfigInput<TSchema extends ConfigSchema> = StandardSchemaV1.InferInput<TSchema>

/** The config of one run, by name. Plain JSON. */
export interface RunConfig {
  readonly assets?: Readonly<Record<string, unknown>>
  readonly ops?: Readonly<Record<string, unknown>>
  readonly resources?: Readonly<Record<string, unknown>>
}
