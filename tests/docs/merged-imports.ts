import type { ImportDeclaration } from 'oxc-parser'

/** Names that a module has imported so far, each with where it is from. */
export type SeenImports = Map<string, string>

/**
 * An import without what the module has imported before; empty where nothing is left of it. An import from another file
 * of the reader's project is left out: what it names stands on the page.
 */
export function mergedImports({ source, specifiers, importKind }: ImportDeclaration, seen: SeenImports): string {
  const from = source.value
  if (from.startsWith('.')) return ''
  if (specifiers.length === 0) return `import '${from}'`
  const fresh = specifiers.filter(({ local }) => seen.get(local.name) !== from)
  for (const { local } of fresh) seen.set(local.name, from)
  const typeOnly = importKind === 'type'
  return fresh.map((specifier) => `import ${clause(specifier, typeOnly)} from '${from}'`).join(';')
}

function clause(specifier: ImportDeclaration['specifiers'][number], typeOnly: boolean): string {
  const { local } = specifier
  if (specifier.type === 'ImportNamespaceSpecifier') return `${typeOnly ? 'type ' : ''}* as ${local.name}`
  if (specifier.type === 'ImportDefaultSpecifier') return `${typeOnly ? 'type ' : ''}${local.name}`
  const { imported } = specifier
  const name = imported.type === 'Identifier' ? imported.name : JSON.stringify(imported.value)
  return `{ ${typeOnly || specifier.importKind === 'type' ? 'type ' : ''}${name} as ${local.name} }`
}
