import { AssetryError } from './errors.ts'

const pattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/

/**
 * Returns `name` once it is known to be a fit name for a job, a resource, a check or another definition.
 *
 * @throws `INVALID_NAME`
 */
export function definitionName(what: string, name: unknown): string {
  if (typeof name === 'string' && pattern.test(name)) return name
  throw new AssetryError(
    'INVALID_NAME',
    `${JSON.stringify(name)} can't name ${withArticle(what)}. Use up to 100 letters, digits, "_", "-" and ".", beginning with a letter, digit or "_".`,
    { facts: { what, name } },
  )
}

/**
 * Returns `name` once it is known to be a fit name for an op or a graph: a {@link definitionName} without dots, as these
 * stand between the names in a path.
 *
 * @throws `INVALID_NAME`
 */
export function nodeName(what: string, name: unknown): string {
  const fit = definitionName(what, name)
  if (!fit.includes('.')) return fit
  throw new AssetryError(
    'INVALID_NAME',
    `${JSON.stringify(name)} can't name ${withArticle(what)}: "." stands between the names of graph and op in a path. Use "_".`,
    {
      facts: { what, name },
    },
  )
}

function withArticle(what: string): string {
  return `${/^[aeiou]/i.test(what) ? 'an' : 'a'} ${what}`
}
