/** All items of a stream, in an array. */
export async function gathered<TItem>(items: AsyncIterable<TItem>): Promise<TItem[]> {
  const all: TItem[] = []
  for await (const item of items) all.push(item)
  return all
}
