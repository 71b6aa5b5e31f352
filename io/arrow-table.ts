/** What is used of an Arrow table, so that looking at one needs no library: `Table` of `apache-arrow` is one. */
export interface ArrowTable {
  readonly numRows: number
  readonly schema: { readonly fields: readonly ArrowField[] }
  readonly batches: readonly ArrowBatch[]
}

/** A column of an {@link ArrowTable}. */
export interface ArrowField {
  readonly name: string
  readonly type: ArrowType
}

/** Of what type a column is. */
export interface ArrowType {
  /** As in the enumeration `Type` of `apache-arrow`, which is that of the Arrow format. */
  readonly typeId: number
  readonly bitWidth?: number
  /** The type of the values of a dictionary. */
  readonly dictionary?: ArrowType
  toString(): string
}

/** Some rows of an {@link ArrowTable}. */
export interface ArrowBatch {
  readonly numRows: number
  getChildAt(index: number): { get(index: number): unknown } | null
}

/** Whether `value` is a table of `apache-arrow`, of any copy of it. */
export function isArrowTable(value: unknown): value is ArrowTable {
  if (typeof value !== 'object' || value === null) return false
  const { numRows, schema, batches } = value as Partial<ArrowTable>
  return typeof numRows === 'number' && Array.isArray(schema?.fields) && Array.isArray(batches)
}
