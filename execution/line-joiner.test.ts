import { describe, expect, it } from 'vitest'
import { LineJoiner } from './line-joiner.ts'

function linesOf(...pieces: readonly (string | Uint8Array)[]): readonly string[] {
  const lines: string[] = []
  const joiner = new LineJoiner((line) => lines.push(line))
  for (const piece of pieces) joiner.add(piece)
  joiner.end()
  return lines
}

describe('lines that come in pieces', () => {
  it('are joined until their newline, and the last one until the end', () => {
    expect(linesOf('one', ' and', ' more\ntwo\n\nth', 'ree')).toEqual(['one and more', 'two', '', 'three'])
    expect(linesOf('ended\n')).toEqual(['ended'])
    expect(linesOf()).toEqual([])
  })

  it('may be cut in the middle of a character', () => {
    const bytes = Buffer.from('a–€–z\n')
    expect(linesOf(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['a–€–z'])
  })

  it('end by newline as on Windows, and show what a terminal would where a carriage return begins them anew', () => {
    expect(linesOf('dos\r', '\nunix\n')).toEqual(['dos', 'unix'])
    expect(linesOf('10 %\r20 %', '\r100 %\n')).toEqual(['100 %'])
  })

  it('keep a bounded part of a line that never ends, and of a progress bar its newest state', () => {
    const endless = linesOf(...Array.from({ length: 300 }, () => 'x'.repeat(1_000)))
    expect(endless.map((line) => line.length)).toEqual([64 * 1024])
    const bar = linesOf(...Array.from({ length: 3_000 }, (_, index) => `\r${String(index).padStart(60, '.')}`))
    expect(bar.map((line) => line.replaceAll('.', ''))).toEqual(['2999'])
  })
})
