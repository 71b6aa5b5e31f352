import { kindOf } from './brand.ts'
import type { RunConfig } from './config.ts'
import { runRequest } from './run-request.ts'

/** Sections of a run config. */
const sections: readonly string[] = ['assets', 'ops', 'resources'] satisfies readonly (keyof RunConfig)[]

/**
 * What a schedule's function returned or yields, with a run request in the place of each run config. All else stays as it is: who
 * puts the items of a tick in order says what is wrong with it.
 */
export function scheduleItems(returned: unknown): unknown {
  if (typeof returned !== 'object' || returned === null) return returned
  return Symbol.iterator in returned || Symbol.asyncIterator in returned
    ? eachItem(returned as Iterable<unknown> | AsyncIterable<unknown>)
    : itemOf(returned)
}

async function* eachItem(items: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator {
  for await (const item of items) yield itemOf(item)
}

function itemOf(item: unknown): unknown {
  return isRunConfig(item) ? runRequest({ runConfig: item }) : item
}

function isRunConfig(value: unknown): value is RunConfig {
  if (typeof value !== 'object' || value === null || kindOf in value) return false
  return Object.keys(value).every((key) => sections.includes(key))
}
