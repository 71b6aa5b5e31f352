import { AssetryError } from './errors.ts'

/**
 * Stands in for the context of a direct call without one: whatever is read from it says what is missing.
 *
 * @param call - what was called, as in `Asset "orders"` and `materialize`
 * @param builder - the function of `assetry/testing` that makes such a context
 */
export function missingContext(owner: string, call: string, builder: string): never {
  return new Proxy(
    {},
    {
      get(_target, property) {
        throw new AssetryError(
          'CONTEXT_REQUIRED',
          `${owner} reads "${String(property)}" from its context, but ${call}() was called without one. ` +
            `Pass ${builder}({ … }) of assetry/testing as the second argument.`,
          { facts: { owner, property: String(property) } },
        )
      },
    },
  ) as never
}
