import { type Branded, hasKind, kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'

/** The value of an environment variable, not read yet. */
export interface EnvVariable extends Branded<'env'> {
  readonly name: string
}

/**
 * Stands for an environment variable in a resource's config. It is read in the process that creates the resource, when
 * it creates it, and its value is never shown. It stands for a whole field; made part of a text it throws `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * duckdb.configure({ path: env('DUCKDB_PATH') })
 * ```
 */
export function env(name: string): EnvVariable {
  const refuse = (): never => {
    throw partOfText(name)
  }
  // Not enumerable: copies, comparisons and JSON are those of the plain object.
  return Object.defineProperties({ [kindOf]: 'env', name } as const, {
    toString: { value: refuse },
    [Symbol.toPrimitive]: { value: refuse },
  })
}

function partOfText(name: string): AssetryError {
  return new AssetryError(
    'INVALID_OPTION',
    `env(${JSON.stringify(name)}) was made part of a text, but its value is read only when the resource is created. ` +
      `It stands for a whole field: write { url: env(${JSON.stringify(name)}) }, and put the text together in create().`,
    { facts: { name } },
  )
}

/** Whether `value` is an {@link EnvVariable}. */
export function isEnvVariable(value: unknown): value is EnvVariable {
  return hasKind(value, 'env')
}

/** A config value in which each field may also come from the environment. */
export type WithEnv<T> = T extends object ? { readonly [K in keyof T]: WithEnv<T[K]> | EnvVariable } : T | EnvVariable

/** The names of the environment variables that a config holds, in alphabetical order, each once. */
export function environmentNames(config: unknown): readonly string[] {
  return [...new Set(namesIn(config))].sort()
}

function namesIn(config: unknown): readonly string[] {
  if (isEnvVariable(config)) return [config.name]
  return isPlain(config) ? Object.values(config).flatMap(namesIn) : []
}

/** Arrays and plain objects: what is written in a config, as opposed to a client or a date put into it. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
}
