import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ConfigSchema } from '../definitions/config.ts'
import type { ErrorCode, Finding } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import { areIgnored, type UnknownField, unknownFields } from './unknown-fields.ts'

/** What checking a value against a schema gave: the schema's output, or everything wrong with it. */
export type Checked = { readonly value: unknown } | { readonly findings: readonly Finding[] }

/**
 * Checks config; a field that the schema would drop without a word is refused. Config that was left out is tried as nothing and then as `{}`, so that a schema of defaults needs none.
 *
 * @param path - where the value stands in the run config, such as `assets.orders`
 */
export async function checkConfig(schema: ConfigSchema | undefined, value: unknown, path: string): Promise<Checked> {
  if (schema === undefined) {
    if (value === undefined) return { value: undefined }
    return { findings: [finding('CONFIG_INVALID', path, 'takes no config: it declares no schema. Remove it from the run config.')] }
  }
  const result = await schema['~standard'].validate(value === undefined ? {} : value)
  const unknown = unknownFields(schema, value)
  if (result.issues === undefined) {
    if (unknown.length === 0 || !(await areIgnored(schema, value, unknown, result.value))) return { value: result.value }
    return { findings: unknown.map((field) => unknownFinding(field, path)) }
  }
  if (value === undefined) {
    const asNothing = await schema['~standard'].validate(undefined)
    if (asNothing.issues === undefined) return { value: asNothing.value }
  }
  const issues = result.issues.filter((issue) => !isToldOf(issue, unknown))
  return {
    findings: [
      ...unknown.map((field) => unknownFinding(field, path)),
      ...issues.map((issue) => finding('CONFIG_INVALID', `${path}${pathText(segmentsOf(issue))}`, issue.message)),
    ],
  }
}

function unknownFinding({ path, known }: UnknownField, of: string): Finding {
  const name = String(path.at(-1))
  return finding('CONFIG_INVALID', `${of}${pathText(path)}`, `is no field of this config. ${didYouMean(name, 'fields', known)}`)
}

/** Whether an issue is the schema's own word about fields it doesn't have, at such a field or at the object that holds it. */
function isToldOf(issue: StandardSchemaV1.Issue, unknown: readonly UnknownField[]): boolean {
  const at = pathText(segmentsOf(issue))
  return unknown.some(({ path, refusedBySchema }) => refusedBySchema && [pathText(path), pathText(path.slice(0, -1))].includes(at))
}

/** A finding whose message begins with its path. */
export function finding(code: ErrorCode, path: string, message: string): Finding {
  return { code, path, message: `${path}: ${message}` }
}

function segmentsOf(issue: StandardSchemaV1.Issue): readonly PropertyKey[] {
  return (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment))
}

function pathText(segments: readonly PropertyKey[]): string {
  return segments.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
}
