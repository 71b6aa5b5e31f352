import type { UnstorablePart } from './value-check.ts'

/** The first part of `value` that JSON would drop or change. Undefined where it comes back as it was. */
export function unjsonablePart(value: unknown, path = 'value', above: readonly object[] = []): UnstorablePart | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? undefined : { path, what: Object.is(value, -0) ? '-0' : String(value) }
  if (typeof value !== 'object') return { path, what: value === undefined ? 'undefined' : `a ${typeof value}` }
  if (above.includes(value)) return { path, what: 'a reference to something that contains it' }
  const inside = [...above, value]
  if (Array.isArray(value))
    return firstPart(
      value.map((item, index): [string, unknown] => [`${path}[${index}]`, item]),
      inside,
    )
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return { path, what: `an instance of ${value.constructor.name}` }
  return firstPart(
    Object.entries(value).map(([key, item]): [string, unknown] => [`${path}.${key}`, item]),
    inside,
  )
}

function firstPart(parts: readonly (readonly [string, unknown])[], above: readonly object[]): UnstorablePart | undefined {
  for (const [path, value] of parts) {
    const found = unjsonablePart(value, path, above)
    if (found !== undefined) return found
  }
  return undefined
}
