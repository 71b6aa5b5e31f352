import type { AssetResources } from './computation.ts'
import type { Finding } from './errors.ts'
import { groupedBy } from './grouped-by.ts'
import { listed } from './nearest.ts'
import { type AnyResource, type ConfiguredResource, isConfiguredResource } from './resource.ts'

/** What asks for resources, in the words of a message: `asset "orders"`, `op "clean" of job "nightly"`. */
export interface Asker {
  readonly what: 'asset' | 'check' | 'op' | 'schedule' | 'sensor'
  readonly name: string
  /** What it is part of: `job "nightly"`. */
  readonly of?: string
  readonly resources: AssetResources
}

interface Request {
  readonly asker: Asker
  readonly resource: AnyResource
}

/** Resources are asked for by object, and configs are found by name: each name must mean one resource, which is given. */
export function resourceFindings(askers: readonly Asker[], given: readonly (AnyResource | ConfiguredResource)[]): readonly Finding[] {
  const givenByName = new Map(given.map((each) => [each.name, isConfiguredResource(each) ? each.resource : each]))
  const asked = askers.flatMap((asker) => Object.values(asker.resources).map((resource) => ({ asker, resource })))
  return [...groupedBy(asked, ({ resource }) => resource.name)].flatMap(([name, requests]) => {
    const found = givenByName.get(name)
    const objects = new Set([...requests.map(({ resource }) => resource), ...(found === undefined ? [] : [found])])
    return [
      ...(found === undefined ? [missingResource(name, requests)] : []),
      ...(objects.size > 1 ? [ambiguousResource(name, objects.size, requests)] : []),
    ]
  })
}

function missingResource(name: string, requests: readonly Request[]): Finding {
  const call = requests[0]?.resource.schema === undefined ? name : `${name}.configure({ … })`
  const asking = asked(requests)
  return {
    code: 'MISSING_RESOURCE',
    path: `resources.${name}`,
    message: `${asking.charAt(0).toUpperCase()}${asking.slice(1)} for the resource "${name}", which is not given. Add it: definitions({ resources: [${call}] }).`,
  }
}

function ambiguousResource(name: string, count: number, requests: readonly Request[]): Finding {
  return {
    code: 'DUPLICATE_NAME',
    path: `resources.${name}`,
    message: `${count} different resources are named "${name}"; ${asked(requests)} for it. Give each a name of its own, or share one.`,
  }
}

/** `asset "a" asks`, `assets "a" and "b" and op "c" of job "d" ask`. */
function asked(requests: readonly Request[]): string {
  const phrases = [...groupedBy(requests, ({ asker }) => `${asker.what} ${asker.of ?? ''}`).values()].map((same) => {
    const [first] = same
    const names = [...new Set(same.map(({ asker }) => asker.name))]
    const of = first?.asker.of === undefined ? '' : ` of ${first.asker.of}`
    return { text: `${first?.asker.what}${names.length === 1 ? '' : 's'} ${listed(names, 'and')}${of}`, count: names.length }
  })
  const verb = phrases.length === 1 && phrases[0]?.count === 1 ? 'asks' : 'ask'
  return `${phrases.map(({ text }) => text).join(' and ')} ${verb}`
}
