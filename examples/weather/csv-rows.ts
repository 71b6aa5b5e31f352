import { parse } from 'csv-parse/sync'

/** A row as it stands in a CSV file: every field is text. */
export type CsvRow = Readonly<Record<string, string>>

/** The rows of a CSV file whose first line names the columns. */
export function csvRows(text: string): readonly CsvRow[] {
  return parse<CsvRow>(text, { columns: true })
}
