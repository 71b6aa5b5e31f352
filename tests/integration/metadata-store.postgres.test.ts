import { describe, expect, inject, test } from 'vitest'
import { metadataStoreSuite } from '../metadata-store/metadata-store.suite.ts'
import { openStore } from '../../metadata/open-store.ts'
import { startPostgres } from '../postgres-server.ts'

const binaries = inject('postgresBinaries')

if (binaries === undefined) {
  const missing =
    'PostgreSQL (initdb, postgres) is not on this machine: the metadata store was not tested on it. Install the package "postgresql".'
  console.error(missing)
  test.skipIf(process.env['CI'] === undefined)('PostgreSQL is there to be tested on', () => {
    throw new Error(missing)
  })
} else {
  metadataStoreSuite('PostgreSQL', async () => {
    const server = await startPostgres(binaries)
    return {
      url: await server.createDatabase(),
      emptyDatabase: () => server.createDatabase(),
      crash: () => server.crash(),
      start: () => server.start(),
      stop: () => server.stop(),
    }
  })

  describe('a PostgreSQL that answers and refuses', () => {
    test('is said at once, with the reason', async () => {
      const server = await startPostgres(binaries)
      const url = (await server.createDatabase()).replace('store_1', 'nowhere')
      await expect(openStore({ url })).rejects.toMatchObject({
        code: 'STORE_UNREACHABLE',
        message: expect.stringContaining('"nowhere" does not exist'),
      })
      await server.stop()
    })
  })
}
