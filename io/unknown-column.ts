import { AssetryError } from '../definitions/errors.ts'

/**
 * @param where - what has the columns, for the text of errors
 * @param asked - what an input asks for; undefined: all
 * @throws `INVALID_OPTION` where it asks for one that there isn't
 */
export function refuseUnknownColumns(where: string, asked: readonly string[] | undefined, names: readonly string[]): void {
  const unknown = asked?.find((name) => !names.includes(name))
  if (unknown === undefined) return
  const message = `An input asks for the column "${unknown}", which ${where} doesn't have. It has: ${names.join(', ') || 'none'}.`
  throw new AssetryError('INVALID_OPTION', message, { facts: { where, column: unknown, columns: names } })
}
