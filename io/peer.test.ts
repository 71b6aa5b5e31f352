import { describe, expect, it } from 'vitest'
import { peer } from './peer.ts'

describe('an optional library', () => {
  it('is given where it is there', async () => {
    expect(await peer('hyparquet', () => import('hyparquet'), 'assetry/io/parquet')).toHaveProperty('parquetReadObjects')
  })

  it('that is missing gives an error that says what to install', async () => {
    const name: string = 'a-package-that-is-not-there'
    const load = (): Promise<unknown> => import(name)
    // The test runner words its own error: Node's is what users meet.
    const node = async (): Promise<unknown> =>
      load().catch(() => {
        throw Object.assign(new Error(`Cannot find package '${name}' imported from /project/main.js`), { code: 'ERR_MODULE_NOT_FOUND' })
      })
    await expect(async () => peer(name, node, 'assetry/io/x')).rejects.toMatchObject({
      code: 'PEER_MISSING',
      message: `assetry/io/x needs the package "${name}", which is not installed: npm install ${name}`,
    })
  })

  it('that fails for another reason throws what it threw', async () => {
    const other = Object.assign(new Error("Cannot find package 'its-own-need' imported from hyparquet"), { code: 'ERR_MODULE_NOT_FOUND' })
    await expect(async () => peer('hyparquet', () => Promise.reject(other), 'assetry/io/x')).rejects.toBe(other)
  })
})
