import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../cli/exit-code.ts'
import { AssetryError, errorCodes } from '../definitions/errors.ts'

/** The codes that docs/errors.md has a section for, each with its text. */
async function documentedErrors(): Promise<ReadonlyMap<string, string>> {
  const page = await readFile(new URL('../docs/errors.md', import.meta.url), 'utf8')
  const sections = page.split(/^#{2,3} /m).slice(1)
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n')).trim()]))
}

const isCode = (heading: string): boolean => /^[A-Z][A-Z_]+$/.test(heading)

describe('docs/errors.md', () => {
  it('has a section for every error code, with something in it', async () => {
    const documented = await documentedErrors()
    expect(errorCodes.filter((code) => (documented.get(code) ?? '').length < 40)).toEqual([])
  })

  it('has no section for a code that does not exist', async () => {
    const codes: readonly string[] = errorCodes
    expect([...(await documentedErrors()).keys()].filter((heading) => isCode(heading) && !codes.includes(heading))).toEqual([])
  })

  it('names the exit code that the command line ends with', async () => {
    const documented = await documentedErrors()
    const named = errorCodes.map((code) => [code, /exit code (\d+)/i.exec(documented.get(code) ?? '')?.[1]] as const)
    const wrong = named.filter(([code, exitCode]) => exitCode !== undefined && Number(exitCode) !== exitCodeOf(new AssetryError(code, '')))
    expect(wrong).toEqual([])
  })

  it('has each code once', async () => {
    const page = await readFile(new URL('../docs/errors.md', import.meta.url), 'utf8')
    const headings = [...page.matchAll(/^### ([A-Z_]+)$/gm)].map((match) => match[1])
    expect(headings).toEqual([...new Set(headings)])
  })
})
