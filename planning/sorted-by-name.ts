/** The same entries in the order of their names, so that what was written in another order gives the same JSON. */
export function sortedByName<TValue>(values: Readonly<Record<string, TValue>>): Readonly<Record<string, TValue>> {
  return Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)))
}
