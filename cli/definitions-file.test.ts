import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDefinitionsFile } from './definitions-file.ts'

let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'assetry-find-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text = ''): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

describe('findDefinitionsFile', () => {
  it('takes the file that is named, relative to the current folder', () => {
    const path = write('sub/mine.ts')
    write('definitions.ts')
    expect(findDefinitionsFile('mine.ts', join(folder, 'sub')).path).toBe(path)
  })

  it('takes what package.json names before definitions.ts', () => {
    write('package.json', JSON.stringify({ assetry: { definitions: './src/all.ts' } }))
    write('definitions.ts')
    const path = write('src/all.ts')
    expect(findDefinitionsFile(undefined, folder)).toEqual({ path, projectFolder: folder })
  })

  it('finds the project from a folder inside it', () => {
    write('package.json', '{}')
    const path = write('definitions.ts')
    mkdirSync(join(folder, 'src/deep'), { recursive: true })
    expect(findDefinitionsFile(undefined, join(folder, 'src/deep'))).toEqual({ path, projectFolder: folder })
  })

  it('prefers TypeScript, then module TypeScript, then JavaScript', () => {
    const names = ['definitions.mjs', 'definitions.js', 'definitions.mts', 'definitions.ts']
    for (const name of names) {
      const path = write(name)
      expect(findDefinitionsFile(undefined, folder).path).toBe(path)
    }
  })

  it('takes the file’s own folder for the project where there is no package.json', () => {
    write('definitions.ts')
    expect(findDefinitionsFile(undefined, folder).projectFolder).toBe(folder)
  })

  it('says what it looked for where nothing is found', () => {
    const looked = /definitions\.ts, definitions\.mts, definitions\.js, definitions\.mjs in .*assetry-find-/
    expect(() => findDefinitionsFile(undefined, folder)).toThrow(
      expect.objectContaining({ code: 'DEFINITIONS_FILE_MISSING', message: expect.stringMatching(looked) }),
    )
  })

  it('says who named a file that is not there', () => {
    expect(() => findDefinitionsFile('nope.ts', folder)).toThrow('nope.ts, which -f nope.ts names')
    write('package.json', JSON.stringify({ assetry: { definitions: 'gone.ts' } }))
    expect(() => findDefinitionsFile(undefined, folder)).toThrow('package.json names')
  })

  it('refuses a name in package.json that is no path, and a package.json that is no JSON', () => {
    write('package.json', JSON.stringify({ assetry: { definitions: 7 } }))
    expect(() => findDefinitionsFile(undefined, folder)).toThrow('is 7, which is not')
    write('package.json', '{')
    expect(() => findDefinitionsFile(undefined, folder)).toThrow('is not JSON')
  })
})
