import { Gate } from './durable-stack.ts'

/** What happens to the call at which something is cut off. */
export type Cut = 'before' | 'after' | 'frozen'

/**
 * Stands in front of real parts and cuts them off at one call, as if the process were killed there: that call is not made, or made
 * and its answer lost, and so is every later one. A frozen one makes no call until it is thawed, and then goes on as if nothing
 * had happened: a process that hung.
 */
export class CutOff {
  /** Names of the calls, in their order. */
  readonly calls: string[] = []
  readonly #at: number
  readonly #cut: Cut
  readonly #thawed = new Gate()
  readonly #reached = new Gate()
  readonly #open = new Set<Promise<unknown>>()

  /** @param at - index of the call; beyond the last nothing is cut off */
  constructor(at: number, cut: Cut) {
    this.#at = at
    this.#cut = cut
  }

  /** Settles when it has come to the call. */
  get reached(): Promise<void> {
    return this.#reached.opened
  }

  thaw(): void {
    this.#thawed.open()
  }

  /** Waits for the calls that were under way when it was cut off. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open)
  }

  /** The same parts behind the cut. */
  of<TParts extends object>(parts: TParts, name = ''): TParts {
    return new Proxy(parts, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target)
        if (typeof key === 'symbol') return value
        if (typeof value === 'function')
          return (...given: unknown[]) => this.#call(`${name}${key}`, () => Reflect.apply(value, target, given))
        return typeof value === 'object' && value !== null ? this.of(value, `${name}${key}.`) : value
      },
    })
  }

  async #call(name: string, make: () => unknown): Promise<unknown> {
    const place = this.calls.push(name) - 1
    if (place === this.#at) this.#reached.open()
    if (place >= this.#at && this.#cut === 'frozen') await this.#thawed.opened
    else if (place > this.#at || (place === this.#at && this.#cut === 'before')) throw new Error(`killed before ${name}`)
    const made = Promise.resolve(make())
    this.#open.add(made)
    const answer = await made
    if (place === this.#at && this.#cut === 'after') throw new Error(`killed after ${name}`)
    return answer
  }
}
