import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ConfigSchema } from '../definitions/config.ts'
import type { ErrorCode, Finding } from '../definitions/errors.ts'

/** What checking a value against a schema gave: the schema's output, or everything wrong with it. */
export type Checked = { readonly value: unknown } | { readonly findings: readonly Finding[] }

/**
 * Checks config. Config that was left out is tried as nothing and then as `{}`, so that a schema of defaults needs none.
 *
 * @param path - where the value stands in the run config, such as `assets.orders`
 */
export async function checkConfig(schema: ConfigSchema | undefined, value: unknown, path: string): Promise<Checked> {
  if (schema === undefined) {
    if (value === undefined) return { value: undefined }
    return { findings: [finding('CONFIG_INVALID', path, 'takes no config: it declares no schema. Remove it from the run config.')] }
  }
  const result = await schema['~standard'].validate(value === undefined ? {} : value)
  if (result.issues === undefined) return { value: result.value }
  if (value === undefined) {
    const asNothing = await schema['~standard'].validate(undefined)
    if (asNothing.issues === undefined) return { value: asNothing.value }
  }
  return { findings: result.issues.map((issue) => finding('CONFIG_INVALID', `${path}${issuePath(issue)}`, issue.message)) }
}

/** A finding whose message begins with its path. */
export function finding(code: ErrorCode, path: string, message: string): Finding {
  return { code, path, message: `${path}: ${message}` }
}

function issuePath(issue: StandardSchemaV1.Issue): string {
  return (issue.path ?? [])
    .map((segment) => (typeof segment === 'object' ? segment.key : segment))
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
}
