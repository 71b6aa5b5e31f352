import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../client/api-error.ts'
import { AssetryError, type ErrorCode, errorCodes } from '../definitions/errors.ts'
import { exitCodeOf } from './exit-code.ts'

/** The page of errors says the exit code of each code that can end a command. */
function documented(): ReadonlyMap<string, number> {
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
  const sections = page.split(/^### /m).slice(1)
  const codes = sections.map((section) => [section.split('\n')[0] ?? '', /exit\s+code\s+(\d+)/i.exec(section)?.[1]] as const)
  return new Map(codes.filter(([, exitCode]) => exitCode !== undefined).map(([code, exitCode]) => [code, Number(exitCode)]))
}

const said = documented()

describe('exitCodeOf', () => {
  it.each(errorCodes.filter((code) => said.has(code)))('gives %s the exit code that the page of errors says', (code: ErrorCode) => {
    expect(exitCodeOf(new AssetryError(code, 'x'))).toBe(said.get(code))
  })

  it('finds most codes documented, so that the comparison compares something', () => {
    expect(said.size).toBeGreaterThan(errorCodes.length / 2)
  })

  it('takes what is no error of Assetry for a failure', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(1)
    expect(exitCodeOf('x')).toBe(1)
  })

  it('reads the code in the answer of a server', () => {
    expect(exitCodeOf(new ApiError('x', { code: 'UNKNOWN_ASSET', status: 422 }))).toBe(2)
    expect(exitCodeOf(new ApiError('x', { code: 'SERVER_UNREACHABLE' }))).toBe(4)
  })

  it('calls a refusal of the server by its status not authorised', () => {
    expect(exitCodeOf(new ApiError('x', { code: 'WHATEVER', status: 401 }))).toBe(5)
    expect(exitCodeOf(new ApiError('x', { code: 'HOST_REFUSED', status: 403 }))).toBe(5)
  })

  it('does not blame the definitions for an asset key that a server was asked for', () => {
    expect(exitCodeOf(new ApiError('x', { code: 'INVALID_ASSET_KEY', status: 422 }))).toBe(2)
  })
})
