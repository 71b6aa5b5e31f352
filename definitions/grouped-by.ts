/** Items by a name of theirs, names and items in the order in which they came. */
export function groupedBy<TItem, TName>(items: readonly TItem[], nameOf: (item: TItem) => TName): ReadonlyMap<TName, readonly TItem[]> {
  const groups = new Map<TName, TItem[]>()
  for (const item of items) {
    const group = groups.get(nameOf(item))
    if (group === undefined) groups.set(nameOf(item), [item])
    else group.push(item)
  }
  return groups
}
