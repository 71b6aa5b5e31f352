/** The items that share a name, in the order of the first of each. */
export function groupedBy<TItem>(items: readonly TItem[], nameOf: (item: TItem) => string): ReadonlyMap<string, readonly TItem[]> {
  const groups = new Map<string, TItem[]>()
  for (const item of items) {
    const group = groups.get(nameOf(item))
    if (group === undefined) groups.set(nameOf(item), [item])
    else group.push(item)
  }
  return groups
}
