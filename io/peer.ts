import { AssetryError } from '../definitions/errors.ts'

/**
 * Loads a library that Assetry doesn't bring with it.
 *
 * @param name - its name in the package registry
 * @param load - its `import()`, written out so that compilers and bundlers see it
 * @param subpath - the part of Assetry that needs it
 * @throws `PEER_MISSING` where it is not installed
 */
export async function peer<TLibrary>(name: string, load: () => Promise<TLibrary>, subpath: string): Promise<TLibrary> {
  try {
    return await load()
  } catch (error) {
    if (!isMissing(error, name)) throw error
    throw new AssetryError('PEER_MISSING', `${subpath} needs the package "${name}", which is not installed: npm install ${name}`, {
      facts: { package: name, subpath },
      cause: error,
    })
  }
}

/** Whether it is this package that was not found, and not one that it needs itself. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string }
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${name}'`)
}
