import { MetadataValue, type MetadataInput } from '../definitions/metadata-value.ts'
import { noColumns } from './row-columns.ts'

/** A column as it is kept: its name and the type that the table gives it. */
export interface TypedColumn {
  readonly name: string
  readonly type: string
}

/** Most columns that a materialization's metadata lists: metadata has a limit, and nobody reads more. */
const shownColumns = 1_000

/** What every table reports of itself without being asked: `rows` and `schema`. */
export function tableFacts(rows: number, columns: readonly TypedColumn[]): Readonly<Record<string, MetadataInput>> {
  const shown = columns.filter(({ name }) => name !== noColumns.name).slice(0, shownColumns)
  return { rows, schema: MetadataValue.tableSchema(shown.map(({ name, type }) => ({ name, type }))) }
}
