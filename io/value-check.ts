/** Something in a value that structured cloning would drop or mangle without a word. */
export interface UnstorablePart {
  /** Where it is: `value.rows[3].when`. */
  readonly path: string
  /** What it is, in words: `a function`, `an instance of Invoice`. */
  readonly what: string
}

interface Place {
  readonly value: unknown
  readonly path: string
}

const builtInErrors = new Set([
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
])
const builtInObjects = new Set(['Date', 'RegExp', 'ArrayBuffer', 'Boolean', 'Number', 'String', 'BigInt'])

/**
 * The first part of `value` that can't be stored as it is: functions, symbols, URLs and instances of classes, which
 * `node:v8` refuses or, worse, turns into plain or empty objects. Undefined where all of it can.
 */
export function unstorablePart(value: unknown): UnstorablePart | undefined {
  const seen = new Set<object>()
  const places: Place[] = [{ value, path: 'value' }]
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const what = refusal(place.value)
    if (what !== undefined) return { path: place.path, what }
    if (typeof place.value !== 'object' || place.value === null || seen.has(place.value)) continue
    seen.add(place.value)
    pushParts(places, place.value, place.path)
  }
  return undefined
}

function refusal(value: unknown): string | undefined {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return undefined
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (tag === 'Map' || tag === 'Set' || builtInObjects.has(tag)) return subclass(value, tag)
  if (tag === 'Error') return builtInErrors.has(value.constructor.name) ? undefined : `an instance of ${value.constructor.name}`
  return isPlain(value) ? undefined : `an instance of ${className(value, tag)}`
}

function subclass(value: object, tag: string): string | undefined {
  const name = className(value, tag)
  return name === tag ? undefined : `an instance of ${name}`
}

function className(value: object, tag: string): string {
  const constructor: unknown = (value as { readonly constructor?: unknown }).constructor
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : tag
}

/** Plain in this realm or another: its prototype is null, or a prototype at the end of the chain. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function pushParts(places: Place[], value: object, path: string): void {
  if (ArrayBuffer.isView(value)) return
  if (Array.isArray(value)) {
    value.forEach((item, index) => isLeaf(item) || places.push({ value: item, path: `${path}[${index}]` }))
  } else if (value instanceof Map) {
    let index = 0
    for (const [key, item] of value) {
      if (!isLeaf(key)) places.push({ value: key, path: `${path}.keys()[${index}]` })
      if (!isLeaf(item)) places.push({ value: item, path: `${path}.get(${typeof key === 'object' ? index : String(key)})` })
      index += 1
    }
  } else if (value instanceof Set) {
    for (const item of value) if (!isLeaf(item)) places.push({ value: item, path: `${path}.values()` })
  } else {
    for (const [key, item] of Object.entries(value)) if (!isLeaf(item)) places.push({ value: item, path: `${path}${propertyPath(key)}` })
  }
}

/** Most of a large value is numbers and strings: they cost no path. */
function isLeaf(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
}

/** How a property is written after the path of its object: `.name`, or `["a b"]`. */
export function propertyPath(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
