import type { AssetResources } from './computation.ts'
import type { Finding } from './errors.ts'
import { groupedBy } from './grouping.ts'
import { listed } from './nearest.ts'
import { type AnyResource, type ConfiguredResource, isConfiguredResource } from './resource.ts'

/** A definition that asks for resources. */
export interface Asker {
  /** What it is, in a sentence: `asset`, `check`. */
  readonly what: string
  readonly name: string
  readonly resources: AssetResources
}

/** Functions ask for resources by object, and configs are found by name: each name must mean one resource, which is given. */
export function resourceFindings(askers: readonly Asker[], given: readonly (AnyResource | ConfiguredResource)[]): readonly Finding[] {
  const givenByName = new Map(given.map((each) => [each.name, isConfiguredResource(each) ? each.resource : each]))
  const asked = askers.flatMap((asker) => Object.values(asker.resources).map((resource) => ({ asker, resource })))
  return [...groupedBy(asked, ({ resource }) => resource.name)].flatMap(([name, requests]) => {
    const found = givenByName.get(name)
    const asking = [...new Set(requests.map(({ asker }) => asker))]
    const objects = new Set([...requests.map(({ resource }) => resource), ...(found === undefined ? [] : [found])])
    return [
      ...(found === undefined ? [missingResource(name, requests[0]?.resource, asking)] : []),
      ...(objects.size > 1 ? [ambiguousResource(name, objects.size, asking)] : []),
    ]
  })
}

function missingResource(name: string, resource: AnyResource | undefined, askers: readonly Asker[]): Finding {
  const call = resource?.schema === undefined ? name : `${name}.configure({ … })`
  const who = named(askers)
  const asking = `${who.charAt(0).toUpperCase()}${who.slice(1)} ${askers.length === 1 ? 'asks' : 'ask'}`
  return {
    code: 'MISSING_RESOURCE',
    path: `resources.${name}`,
    message: `${asking} for the resource "${name}", which is not given. Add it: definitions({ resources: [${call}] }).`,
  }
}

function ambiguousResource(name: string, count: number, askers: readonly Asker[]): Finding {
  return {
    code: 'DUPLICATE_NAME',
    path: `resources.${name}`,
    message: `${count} different resources are named "${name}"; asked for by ${named(askers)}. Give each a name of its own, or share one.`,
  }
}

/** `assets "a" and "b" and check "a:fresh"`. */
function named(askers: readonly Asker[]): string {
  const kinds = [...groupedBy(askers, ({ what }) => what)]
  return kinds
    .map(
      ([what, some]) =>
        `${what}${some.length === 1 ? '' : 's'} ${listed(
          some.map(({ name }) => name),
          'and',
        )}`,
    )
    .join(' and ')
}
