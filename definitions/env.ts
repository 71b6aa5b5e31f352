import { type Branded, hasKind, kindOf } from './brand.ts'

/** The value of an environment variable, not read yet. */
export interface EnvVariable extends Branded<'env'> {
  readonly name: string
}

/**
 * Stands for an environment variable in a resource's config. It is read in the process that creates the resource, when
 * it creates it, and its value is never shown.
 *
 * @example
 * ```ts
 * duckdb.configure({ path: env('DUCKDB_PATH') })
 * ```
 */
export function env(name: string): EnvVariable {
  return { [kindOf]: 'env', name }
}

/** Whether `value` is an {@link EnvVariable}. */
export function isEnvVariable(value: unknown): value is EnvVariable {
  return hasKind(value, 'env')
}

/** A config value in which each field may also come from the environment. */
export type WithEnv<T> = T extends object ? { readonly [K in keyof T]: WithEnv<T[K]> | EnvVariable } : T | EnvVariable
