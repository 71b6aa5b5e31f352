import { types } from 'node:util'
import { AssetryError } from '../definitions/errors.ts'
import type { Batch } from './batches.ts'
import { unjsonablePart } from './json-check.ts'
import { propertyPath, type UnstorablePart } from './value-check.ts'

/** A row of a table. */
export type Row = Readonly<Record<string, unknown>>

/**
 * What a column holds, in words that fit every table: `integer` and `number` are JavaScript numbers, `bigint` has 64
 * bits, `json` is plain JSON of any form.
 */
export type ColumnKind = 'boolean' | 'integer' | 'number' | 'bigint' | 'text' | 'date' | 'bytes' | 'json'

/** Kinds of columns by their names. */
export type ColumnKinds = Readonly<Record<string, ColumnKind>>

/** What is known of a column. */
export interface Column {
  readonly name: string
  /** Undefined while it holds nothing but null. */
  readonly kind: ColumnKind | undefined
  /** Whether all integers in it have at most 32 bits. */
  readonly isNarrow: boolean
  /** Whether it holds null. */
  readonly hasNull: boolean
  /** Whether rows leave it out, or have undefined in it. */
  readonly hasMissing: boolean
}

/** The column of tables that have no other: a table must have one. It is left out when its rows are read. */
export const noColumns: Column = { name: 'no_columns', kind: 'boolean', isNarrow: true, hasNull: false, hasMissing: true }

/** Finds in a text, or in JSON, what can't be kept. @param path - of the value */
export type TextCheck = (value: unknown, path: string) => UnstorablePart | undefined

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The largest bigint with a sign that has 64 bits, and the smallest. */
const largest64 = 2n ** 63n - 1n
const smallest64 = -(2n ** 63n)

/** Finds out what columns rows have, and refuses those that a table can't keep. */
export class RowColumns {
  readonly #owner: string
  readonly #declared: ColumnKinds
  readonly #refusesText: TextCheck | undefined
  readonly #columns = new Map<string, Mutable<Column>>()
  #rows = 0
  #isFixed = false

  /**
   * @param owner - whose rows they are, for the text of errors
   * @param declared - kinds that are known without looking; these columns are there also where no row has them
   * @param refusesText - finds what a database can't keep in texts, and in those of JSON
   */
  constructor(owner: string, declared: ColumnKinds = {}, refusesText?: TextCheck) {
    this.#owner = owner
    this.#refusesText = refusesText
    this.#declared = declared
    for (const name of Object.keys(declared)) this.#create(name)
  }

  /** At least one: {@link noColumns} where rows have none. */
  get columns(): readonly Column[] {
    return this.#columns.size === 0 ? [noColumns] : [...this.#columns.values()]
  }

  /** Number of rows that were looked at. */
  get rows(): number {
    return this.#rows
  }

  /** From now on no column is added and none becomes wider: what was written so far could not be changed. */
  fix(): void {
    for (const column of this.#columns.values()) {
      // What comes later is unknown, and a number may have a fraction where those before had none.
      if (column.kind === 'integer' && this.#declared[column.name] === undefined) column.kind = 'number'
      column.isNarrow &&= column.kind !== 'integer'
    }
    this.#isFixed = true
  }

  /** Takes note of rows that follow those before. @throws `VALUE_NOT_STORABLE` with the path to what a table can't keep */
  add({ start, items }: Batch): void {
    for (const [index, item] of items.entries()) this.#addRow(`value[${start + index}]`, item)
  }

  #addRow(path: string, item: unknown): void {
    if (!isRow(item)) throw this.#refused(path, `is ${wordsFor(item)}, not a row`)
    let present = 0
    for (const [name, value] of Object.entries(item)) {
      const column = this.#columns.get(name) ?? this.#added(name, path)
      if (value === undefined) continue
      present += 1
      if (value === null) this.#noteNull(column, path)
      else this.#widen(column, value, path)
    }
    if (present < this.#columns.size) this.#noteMissing(item, path)
    this.#rows += 1
  }

  #noteNull(column: Mutable<Column>, path: string): void {
    if (column.hasMissing) throw this.#bothAbsent(column, path, 'null', 'leave it out')
    column.hasNull = true
  }

  #noteMissing(row: Row, path: string): void {
    for (const column of this.#columns.values()) {
      if (row[column.name] !== undefined) continue
      if (column.hasNull) throw this.#bothAbsent(column, path, 'missing', 'have null')
      column.hasMissing = true
    }
  }

  /** A table has one word for both: which of them it was could not be told when it is read. */
  #bothAbsent(column: Column, path: string, is: string, others: string): AssetryError {
    return this.#refused(`${path}${propertyPath(column.name)}`, `is ${is}, where rows before it ${others}; a table can't keep both apart`)
  }

  #added(name: string, path: string): Mutable<Column> {
    const at = `${path}${propertyPath(name)}`
    if (name === '' || name === '__proto__') throw this.#refused(at, 'has a name that no column can have')
    if (this.#isFixed) throw this.#refused(at, 'is in a column that the rows before it do not have', 'columns')
    return this.#create(name)
  }

  #create(name: string): Mutable<Column> {
    const column = { name, kind: this.#declared[name], isNarrow: true, hasNull: false, hasMissing: this.#rows > 0 }
    this.#columns.set(name, column)
    return column
  }

  #widen(column: Mutable<Column>, value: unknown, path: string): void {
    const kind = kindOf(value)
    if (kind === undefined || kind === 'json' || column.kind === 'json') this.#refuseOther(column, value, path)
    if (kind === 'text' || kind === 'json') this.#refuseText(column, value, path)
    if (kind === 'integer') column.isNarrow &&= Object.is((value as number) | 0, value)
    if (column.kind === kind || column.kind === 'json' || (column.kind === 'number' && kind === 'integer')) return
    const widens = column.kind === undefined || (column.kind === 'integer' && kind === 'number')
    const isOpen = !this.#isFixed && this.#declared[column.name] === undefined
    if (!widens || !isOpen) throw this.#misfit(column, value, path)
    column.kind = kind
  }

  #refuseOther(column: Column, value: unknown, path: string): void {
    const at = `${path}${propertyPath(column.name)}`
    const part = malformed(value, at) ?? unjsonablePart(value, at)
    if (part !== undefined) throw this.#refused(part.path, `is ${part.what}`)
  }

  #refuseText(column: Column, value: unknown, path: string): void {
    const part = this.#refusesText?.(value, `${path}${propertyPath(column.name)}`)
    if (part !== undefined) throw this.#refused(part.path, `is ${part.what}`)
  }

  #misfit(column: Column, value: unknown, path: string): AssetryError {
    const at = `${path}${propertyPath(column.name)}`
    if (column.kind === undefined)
      return this.#refused(at, `is ${wordsFor(value)}, but all rows before it have null in that column`, 'columns')
    const holds = this.#declared[column.name] === undefined ? 'the rows before it have' : 'the column is declared to have'
    return this.#refused(at, `is ${wordsFor(value)}, but ${holds} ${column.kind} there`, 'columns')
  }

  #refused(path: string, why: string, option?: string): AssetryError {
    const advice =
      option === undefined ? 'Return rows of plain values' : `Give the IO manager { ${option}: { … } } with the kind of each column`
    return new AssetryError('VALUE_NOT_STORABLE', `The value of ${this.#owner} can't be stored as a table: ${path} ${why}. ${advice}.`, {
      facts: { owner: this.#owner, path, why },
    })
  }
}

/** The kind of a value that is not null. Undefined where no column can hold it. */
function kindOf(value: unknown): ColumnKind | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'integer' : 'number'
    case 'bigint':
      return value >= smallest64 && value <= largest64 ? 'bigint' : undefined
    case 'string':
      return isWellFormed(value) ? 'text' : undefined
    case 'object':
      return kindOfObject(value as object)
    default:
      return undefined
  }
}

function kindOfObject(value: object): ColumnKind | undefined {
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? undefined : 'date'
  if (types.isUint8Array(value)) return 'bytes'
  return 'json'
}

/** UTF-8 has no word for half of a pair of surrogates. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

/** What is wrong with a value whose type a column could hold. */
function malformed(value: unknown, path: string): UnstorablePart | undefined {
  if (typeof value === 'string' && !isWellFormed(value)) return { path, what: 'a text with half of a surrogate pair' }
  if (typeof value === 'bigint' && kindOf(value) === undefined) return { path, what: `the bigint ${value}, which has more than 64 bits` }
  return types.isDate(value) && Number.isNaN(value.getTime()) ? { path, what: 'an invalid date' } : undefined
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What a value is, in words. */
export function wordsFor(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${typeof value} ${value}`
  if (typeof value === 'string') return 'a text'
  if (Array.isArray(value)) return 'an array'
  if (types.isDate(value)) return 'a date'
  if (types.isUint8Array(value)) return 'bytes'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
