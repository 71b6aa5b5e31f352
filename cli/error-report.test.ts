import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../client/api-error.ts'
import { AssetryError } from '../definitions/errors.ts'
import { errorDocument, errorReport } from './error-report.ts'
import { colorsFor } from './terminal.ts'

const plain = colorsFor({}, {})
let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assetry-report-'))
  file = join(folder, 'orders.ts')
  writeFileSync(file, 'const a = 1\n    throw new Error("no")\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

function thrownAt(error: Error, frames: readonly string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n')
  return error
}

describe('errorReport', () => {
  it('says code and message, wrapped to the width', () => {
    const error = thrownAt(new AssetryError('UNKNOWN_ASSET', `There is no asset "ordrs". ${'Some more words. '.repeat(10)}`.trim()), [])
    const lines = errorReport(error, plain, 60).trimEnd().split('\n')
    expect(lines[0]).toBe('error UNKNOWN_ASSET')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
  })

  it('shows the user’s line below the message, with a caret', () => {
    const error = thrownAt(new AssetryError('INVALID_OPTION', 'no'), ['node:internal/x:1:1', `make (${file}:2:11)`])
    expect(errorReport(error, plain, 80)).toBe(
      `error INVALID_OPTION\n  no\n  at ${file}:2:11\n      2 | throw new Error("no")\n        |       ^\n`,
    )
  })

  it('passes over frames of Node, of dependencies and of Assetry', () => {
    const frames = [
      'node:internal/a:1:1',
      '/p/node_modules/zod/index.js:1:1',
      `file://${import.meta.dirname}/project.ts:1:1`,
      `f (${file}:1:7)`,
    ]
    expect(errorDocument(thrownAt(new AssetryError('INVALID_OPTION', 'no'), frames)).error.location).toEqual({ file, line: 1, column: 7 })
  })

  it('says the cause that the message does not repeat', () => {
    const error = new AssetryError('STORE_UNREACHABLE', 'PostgreSQL does not answer.', {
      cause: thrownAt(new Error('no route to host'), []),
    })
    expect(errorReport(thrownAt(error, []), plain, 80)).toContain('because: Error: no route to host')
    const repeated = new AssetryError('STORE_UNREACHABLE', 'It says: no route to host', {
      cause: thrownAt(new Error('no route to host'), []),
    })
    expect(errorReport(thrownAt(repeated, []), plain, 80)).not.toContain('because')
  })

  it('shows the stack of what was not expected, and of nothing else', () => {
    expect(errorReport(thrownAt(new TypeError('ours'), ['x (/p/node_modules/a/b.js:1:1)']), plain, 80)).toBe(
      'error INTERNAL\n  TypeError: ours\n    at x (/p/node_modules/a/b.js:1:1)\n',
    )
    expect(errorReport(thrownAt(new ApiError('Refused.', { code: 'UNKNOWN_JOB' }), ['x (/p/node_modules/a/b.js:1:1)']), plain, 80)).toBe(
      'error UNKNOWN_JOB\n  Refused.\n',
    )
  })
})

describe('errorDocument', () => {
  it('has the same fields for errors of this process and of a server', () => {
    const findings = [{ code: 'CONFIG_INVALID', message: 'y', path: 'z' }]
    expect(errorDocument(thrownAt(new ApiError('x', { code: 'CONFIG_INVALID', findings }), []))).toEqual({
      error: { code: 'CONFIG_INVALID', message: 'x', facts: { findings }, location: null },
    })
    expect(Object.keys(errorDocument(new AssetryError('USAGE', 'x')).error)).toEqual(['code', 'message', 'facts', 'location'])
  })
})
