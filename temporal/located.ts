import { AssetryError, type ErrorCode } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Snapshot } from '../planning/snapshot.ts'

/** Where a definition is. */
interface Located {
  readonly codeLocation: string
}

/** How definitions of a kind are found. */
interface Kind<TLocated extends Located> {
  readonly what: 'schedule' | 'sensor'
  readonly unknown: ErrorCode
  readonly of: (snapshot: Snapshot, codeLocation: string) => readonly TLocated[]
  readonly nameOf: (located: TLocated) => string
}

/** All of a kind in all code locations, by name and code location, compared by code units as cursors of lists are. */
export async function allLocated<TLocated extends Located>(
  { codeLocations }: Pick<MetadataStore, 'codeLocations'>,
  { of, nameOf }: Kind<TLocated>,
): Promise<readonly TLocated[]> {
  const placeOf = (located: TLocated): string => `${nameOf(located)} ${located.codeLocation}`
  return (await codeLocations.list())
    .flatMap(({ name, snapshot }) => of(snapshot, name))
    .toSorted((one, other) => Number(placeOf(one) > placeOf(other)) - Number(placeOf(one) < placeOf(other)))
}

/** The one of this name. @throws the kind's own code where there is none, or several and none is named */
export async function located<TLocated extends Located>(
  store: Pick<MetadataStore, 'codeLocations'>,
  kind: Kind<TLocated>,
  { name, codeLocation }: { readonly name: string; readonly codeLocation: string | undefined },
): Promise<TLocated> {
  const all = await allLocated(store, kind)
  const named = all.filter((each) => kind.nameOf(each) === name && (codeLocation === undefined || each.codeLocation === codeLocation))
  const [only, another] = named
  if (only !== undefined && another === undefined) return only
  const { what, unknown } = kind
  const names = all.map(kind.nameOf)
  throw new AssetryError(
    unknown,
    only === undefined
      ? `There is no ${what} ${JSON.stringify(name)}. ${didYouMean(name, `${what}s`, names)}`
      : `Several code locations have a ${what} "${name}": ${named.map((each) => each.codeLocation).join(', ')}. Name one of them.`,
    { facts: { name, names } },
  )
}
