import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runConfigArgument } from './run-config-argument.ts'

const config = { assets: { orders: { limit: 5 } } }
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assetry-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(text: string): string {
  const path = join(folder, 'config.json')
  writeFileSync(path, text)
  return path
}

describe('runConfigArgument', () => {
  it('reads JSON, and the JSON of a file', () => {
    expect(runConfigArgument(JSON.stringify(config))).toEqual(config)
    expect(runConfigArgument(file(JSON.stringify(config)))).toEqual(config)
  })

  it('refuses what it cannot read as wrong usage, and says why', () => {
    const refusals: readonly (readonly [string, string])[] = [
      ['nowhere.json', 'names the file "nowhere.json", which is not there'],
      ['{"assets":', 'its JSON is not valid'],
      [file('[]'), 'is not an object'],
    ]
    for (const [given, why] of refusals) {
      expect(() => runConfigArgument(given)).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(why) }))
    }
  })

  it('leaves what the config holds to the check of the run, which lists everything', () => {
    expect(runConfigArgument('{"ress":{},"assets":[]}')).toEqual({ ress: {}, assets: [] })
  })
})
