import { isDynamicOutput } from '../definitions/dynamic-output.ts'
import { AssetryError } from '../definitions/errors.ts'
import { maximumMapKeys, maximumMapWidth } from '../planning/run-plan.ts'

/** A key becomes part of a step's key and of a path in storage. */
const mappingKey = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/

/** A list that is mapped over, each element with the key of its steps. */
export interface MappedList {
  readonly keys: readonly string[]
  /** In the order of the keys. */
  readonly elements: readonly unknown[]
}

/**
 * The elements of a list with their keys: those that `dynamicOutput()` gave, else their positions.
 *
 * @throws `MAPPING_INVALID` for what is no array, is too long, or has a key that is malformed or there twice
 */
export function mappedList(owner: string, value: unknown): MappedList {
  const list = arrayOf(owner, value)
  const keys = list.map((element, index) => (isDynamicOutput(element) ? element.mappingKey : String(index)))
  refuseKeys(owner, keys)
  return { keys, elements: list.map(plainElement) }
}

/**
 * The keys of all lists of a step become one message.
 *
 * @throws `MAPPING_INVALID` where they are too much for it
 */
export function refuseManyKeys(owner: string, lists: readonly (readonly string[])[]): void {
  const length = JSON.stringify(lists).length
  if (length <= maximumMapKeys) return
  const what = `its keys and those of the other lists of its op have ${length} characters, more than ${maximumMapKeys}`
  throw invalid(owner, `${what}. Give shorter keys, or make the lists in ops of their own`, { length })
}

/** A value without the wrappings of its elements, where it is a list. */
export function plainList(value: unknown): unknown {
  return Array.isArray(value) && value.some(isDynamicOutput) ? value.map(plainElement) : value
}

function plainElement(element: unknown): unknown {
  return isDynamicOutput(element) ? element.value : element
}

function arrayOf(owner: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalid(owner, `is ${value === null ? 'null' : typeof value}, not an array. Return the list, then its elements are mapped`, {})
  }
  if (value.length > maximumMapWidth) {
    throw invalid(owner, `has ${value.length} elements, more than ${maximumMapWidth}. Map over chunks: each step may do several elements`, {
      length: value.length,
    })
  }
  return value
}

function refuseKeys(owner: string, keys: readonly string[]): void {
  const seen = new Set<string>()
  for (const key of keys) {
    if (!mappingKey.test(key)) {
      throw invalid(
        owner,
        `has the mapping key ${JSON.stringify(key)}. Use at most 100 letters, digits, "_", "-" and ".", not beginning with a dot`,
        {
          key,
        },
      )
    }
    if (seen.has(key)) throw invalid(owner, `has the mapping key "${key}" twice. Give each element a key of its own`, { key })
    seen.add(key)
  }
}

function invalid(owner: string, what: string, facts: object): AssetryError {
  return new AssetryError('MAPPING_INVALID', `${owner} is mapped over and ${what}.`, { facts: { owner, ...facts } })
}
