import type { WallTime } from './zoned-time.ts'

/** The parts of a time that a format may have, by letter: how many digits, and where they stand in `YYYY-MM-DDTHH:MM:SS`. */
const timeFields = {
  Y: { digits: 4, from: 0 },
  m: { digits: 2, from: 5 },
  d: { digits: 2, from: 8 },
  H: { digits: 2, from: 11 },
  M: { digits: 2, from: 14 },
  S: { digits: 2, from: 17 },
} as const

type Field = keyof typeof timeFields

/** Part of a format: a field, the offset from UTC, or text that stands for itself. */
type Piece = { readonly field: Field | 'z' } | { readonly text: string }

/** A wall time that was written as a key. */
export interface ParsedKey {
  /** The earliest time that is written so. */
  readonly wall: WallTime
  /** Offset from UTC in milliseconds, where the key names one. */
  readonly offset: number | undefined
}

/** How keys are written, read once from the text that says it. */
export interface KeyFormat {
  /** Which parts of a time it has, as letters. */
  readonly fields: ReadonlySet<string>
  /** Writes a time. @param offset - of the zone at that time, in milliseconds, for `%z` */
  readonly write: (wall: WallTime, offset: () => number) => string
  /** Reads a time as it is written; undefined where the text isn't one. */
  readonly read: (text: string) => ParsedKey | undefined
}

/** What a format such as `%Y-%m-%d` means; undefined where it has a part that is not known. */
export function keyFormat(format: string): KeyFormat | undefined {
  const pieces = piecesOf(format)
  if (pieces === undefined) return undefined
  const fields = pieces.flatMap((piece) => ('field' in piece ? [piece.field] : []))
  const pattern = new RegExp(`^${pieces.map((piece) => ('text' in piece ? escaped(piece.text) : `(${patternOf(piece.field)})`)).join('')}$`)
  return {
    fields: new Set(fields),
    write(wall, offset) {
      const iso = new Date(wall).toISOString()
      return pieces.map((piece) => written(piece, iso, offset)).join('')
    },
    read(text) {
      const found = pattern.exec(text)
      return found === null ? undefined : parsedFields(new Map(fields.map((field, index) => [field, found[index + 1] ?? ''])))
    },
  }
}

/** An offset from UTC as ISO 8601 has it: `+02:00`. @param offset - in milliseconds */
export function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60_000
  const [hours, rest] = [Math.floor(minutes / 60), Math.floor(minutes % 60)]
  return `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

/** The milliseconds of an offset such as `+02:00`. */
export function parsedOffset(text: string): number {
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))
  return (text.startsWith('-') ? -minutes : minutes) * 60_000
}

function written(piece: Piece, iso: string, offset: () => number): string {
  if ('text' in piece) return piece.text
  if (piece.field === 'z') return offsetText(offset())
  const { digits, from } = timeFields[piece.field]
  return iso.slice(from, from + digits)
}

function parsedFields(values: ReadonlyMap<string, string>): ParsedKey | undefined {
  const value = (field: Field, least: number): number => Number(values.get(field) ?? least)
  const date = [value('Y', 1970), value('m', 1) - 1, value('d', 1), value('H', 0), value('M', 0), value('S', 0)] as const
  const wall = Date.UTC(...date)
  const zone = values.get('z')
  const read = new Date(wall).toISOString()
  // 2026-02-30 would be read as a day of March.
  const isReal = [...values].every(([field, text]) => field === 'z' || read.startsWith(text, timeFields[field as Field].from))
  return isReal ? { wall, offset: zone === undefined ? undefined : parsedOffset(zone) } : undefined
}

function piecesOf(format: string): readonly Piece[] | undefined {
  const pieces: Piece[] = []
  for (const [part] of format.matchAll(/%.?|[^%]+/gs)) {
    const letter = part[1] ?? ''
    if (!part.startsWith('%')) pieces.push({ text: part })
    else if (letter === '%') pieces.push({ text: '%' })
    else if (letter === 'z' || letter in timeFields) pieces.push({ field: letter as Field | 'z' })
    else return undefined
  }
  return pieces
}

function patternOf(field: Field | 'z'): string {
  return field === 'z' ? '[+-]\\d\\d:\\d\\d' : `\\d{${timeFields[field].digits}}`
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
