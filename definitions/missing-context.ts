import { AssetryError } from './errors.ts'

/**
 * Stands in for the context of a direct call without one: whatever is read from it says what is missing.
 *
 * @param owner - whose function it is, for the error's text: `Op "clean"`
 * @param call - how the function is called: `run()`
 * @param builder - what makes a context: `buildOpContext`
 */
export function missingContext(owner: string, call: string, builder: string): object {
  return new Proxy(
    {},
    {
      get(_target, property) {
        throw new AssetryError(
          'CONTEXT_REQUIRED',
          `${owner} reads "${String(property)}" from its context, but ${call} was called without one. ` +
            `Pass ${builder}({ … }) of assetry/testing as the second argument.`,
          { facts: { owner, property: String(property) } },
        )
      },
    },
  )
}
