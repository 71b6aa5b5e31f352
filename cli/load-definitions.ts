import { pathToFileURL } from 'node:url'
import { type Definitions, isDefinitions } from '../definitions/definitions.ts'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import { importFailure } from './import-failure.ts'
import { locationText, shownPath } from './source-location.ts'
import { withUserOutputOnStderr } from './user-output.ts'

/**
 * Imports a project's definitions file, TypeScript as it is, and returns its default export.
 *
 * TypeScript stays importable for the rest of the process, so that a function may `import()` more of it when it runs.
 * Stack traces name the lines of the TypeScript. What the file writes to stdout while it is imported goes to stderr.
 *
 * @param file - absolute path, as {@link findDefinitionsFile} gives it
 * @throws `DEFINITIONS_FILE_THREW` with the place in the user's files, `DEFINITIONS_NO_DEFAULT_EXPORT`, and what the
 * definers themselves refuse, such as `DEFINITIONS_INVALID`
 */
export async function loadDefinitions(file: string): Promise<Definitions> {
  await allowTypeScript()
  const module = await withUserOutputOnStderr(() => imported(file))
  const found = [module.default, inner(module)?.default].find(isDefinitions)
  if (found !== undefined) return found
  throw noDefaultExport(file, module)
}

let allowed: Promise<void> | undefined

/** Registers the TypeScript loader once a process: for ES modules, and for packages without `"type": "module"`. */
function allowTypeScript(): Promise<void> {
  allowed ??= (async () => {
    const [forImport, forRequire] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')])
    forImport.register()
    forRequire.register()
  })()
  return allowed
}

type ModuleNamespace = Readonly<Record<string, unknown>>

async function imported(file: string): Promise<ModuleNamespace> {
  try {
    return (await import(pathToFileURL(file).href)) as ModuleNamespace
  } catch (error) {
    throw isAssetryError(error) ? error : fileThrew(file, error)
  }
}

function fileThrew(file: string, cause: unknown): AssetryError {
  const { message, location } = importFailure(cause)
  const place = location === undefined ? '' : ` (${locationText(location)})`
  return new AssetryError('DEFINITIONS_FILE_THREW', `${shownPath(file)} can't be loaded${place}: ${message}`, {
    facts: { file, location: location ?? null },
    cause,
  })
}

/** Where a file is loaded as CommonJS, its exports stand in an object of their own under `default`. */
function inner(module: ModuleNamespace): ModuleNamespace | undefined {
  const exported = module.default
  return typeof exported === 'object' && exported !== null ? (exported as ModuleNamespace) : undefined
}

function noDefaultExport(file: string, module: ModuleNamespace): AssetryError {
  const names = exportedNames(module)
  return new AssetryError(
    'DEFINITIONS_NO_DEFAULT_EXPORT',
    `${shownPath(file)} ${whatIsWrong(names)}. End it with: export default definitions({ assets: [ … ] })`,
    { facts: { file, exported: names } },
  )
}

function whatIsWrong(names: readonly string[]): string {
  if (names.includes('default')) return 'has a default export that was not made by definitions()'
  return names.length === 0
    ? 'has no default export, nor any other'
    : `has no default export, only ${names.map((name) => `"${name}"`).join(', ')}`
}

function exportedNames(module: ModuleNamespace): readonly string[] {
  const asCommonJs = inner(module)
  const names = asCommonJs !== undefined && '__esModule' in asCommonJs ? Object.keys(asCommonJs) : Object.keys(module)
  return names.filter((name) => name !== '__esModule' && name !== 'module.exports')
}
