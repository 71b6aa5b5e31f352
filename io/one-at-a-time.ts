/** Runs works of the same name one after another, and those of different names side by side. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>()

  async run<TResult>(name: string, work: () => Promise<TResult>): Promise<TResult> {
    const before = this.#last.get(name)
    const turn = (async () => {
      await before?.catch(() => undefined)
      return work()
    })()
    this.#last.set(name, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name)
    }
  }
}
