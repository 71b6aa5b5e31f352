import type { Computation } from '../definitions/computation.ts'
import { errorOfFindings, type Finding } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import { type AnyResource, type ConfiguredResource, isConfiguredResource, isResource, resource } from '../definitions/resource.ts'

/** Clients by the name of a resource, instead of what `create` would make; or configured resources. */
export type StandIns = Readonly<Record<string, unknown>>

/** Every resource that these ask for, once. */
export function askedResources(computations: readonly Computation[]): readonly AnyResource[] {
  return [...new Set(computations.flatMap((each) => Object.values(each.resources)))]
}

/**
 * The resources with what stands in for them.
 *
 * @param call - who was given them, for the error's text
 * @throws `INVALID_OPTION` for one that nothing asks for: the real resource would be made in its place
 */
export function withStandIns(
  call: string,
  resources: Readonly<Record<string, ConfiguredResource>>,
  standIns: StandIns,
): Readonly<Record<string, ConfiguredResource>> {
  const asked = Object.keys(resources)
  const findings = Object.keys(standIns)
    .filter((name) => !asked.includes(name))
    .map((name): Finding => ({ code: 'INVALID_OPTION', path: `resources.${name}`, message: unaskedText(name, asked) }))
  const error = errorOfFindings('INVALID_OPTION', `${call} was given resources that it can't use`, findings)
  if (error !== undefined) throw error
  const given = Object.entries(standIns).map(([name, client]) => [name, standIn(name, client)] as const)
  return { ...resources, ...Object.fromEntries(given) }
}

function unaskedText(name: string, asked: readonly string[]): string {
  return `resources.${name}: nothing here asks for a resource "${name}". ${didYouMean(name, 'resources', asked)}`
}

/** A ready client stands in for the whole resource. */
function standIn(name: string, given: unknown): ConfiguredResource {
  if (isConfiguredResource(given)) return given
  if (isResource(given)) return given.configure(undefined)
  return resource({ name, create: () => given }).configure(undefined)
}
