import { stripVTControlCharacters } from 'node:util'

/** Number of columns a text takes. Colours take none. */
export function textWidth(text: string): number {
  return stripVTControlCharacters(text).length
}

/** `text` padded with blanks to `width` columns. */
export function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'left' ? text + blanks : blanks + text
}

/** A text without colours, cut to `width` columns, with an ellipsis where something was cut off. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text
  return width <= 1 ? '…'.slice(0, width) : `${text.slice(0, width - 1)}…`
}

/** A text without colours, cut to its last `width` columns: of the key of a step the end tells most. */
export function cutFront(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`
}

/** One line: what would break it becomes a blank, and control characters are left out. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').trim()
}

/**
 * Wraps a text at blanks. Lines keep their own indentation, and items of a list (`  - …`) hang behind their dash. What
 * has no blank, such as a path, is left whole.
 */
export function wrapped(text: string, width: number, indent = ''): string {
  return text
    .split('\n')
    .flatMap((line) => wrappedLine(line, width - indent.length))
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n')
}

function wrappedLine(line: string, width: number): readonly string[] {
  const [lead = ''] = /^\s*(?:[-•] )?/.exec(line) ?? []
  const hanging = ' '.repeat(lead.length)
  const lines: string[] = []
  let current = lead
  for (const word of line.slice(lead.length).split(' ')) {
    const separator = current === lead || current === hanging ? '' : ' '
    if (separator !== '' && textWidth(current) + 1 + textWidth(word) > width) {
      lines.push(current)
      current = hanging + word
    } else current += separator + word
  }
  return [...lines, current]
}
