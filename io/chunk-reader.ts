/** Reads exact numbers of bytes from chunks of any size. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>
  #waiting: Buffer[] = []
  #bytes = 0

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next `count` bytes; fewer where the end comes before. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes < count) {
      const step = await this.#chunks.next()
      if (step.done === true) break
      this.#waiting.push(step.value)
      this.#bytes += step.value.length
    }
    const all = this.#waiting.length === 1 ? (this.#waiting[0] as Buffer) : Buffer.concat(this.#waiting)
    const taken = all.subarray(0, count)
    const rest = all.subarray(taken.length)
    this.#waiting = rest.length > 0 ? [rest] : []
    this.#bytes = rest.length
    return taken
  }

  /** Frees what the chunks come from. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}
