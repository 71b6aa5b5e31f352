/** `readonly` taken off, at every depth. */
type Readonlys<T> = T extends (infer TItem)[]
  ? readonly Readonlys<TItem>[]
  : T extends object
    ? { readonly [K in keyof T]: Readonlys<T[K]> }
    : T

/**
 * Data that is about to become JSON, as the type of the contract. The store's types are `readonly`, those that zod
 * infers are not; nobody changes what is only written out.
 */
export function plain<TWire>(value: Readonlys<TWire>): TWire {
  return value as TWire
}
