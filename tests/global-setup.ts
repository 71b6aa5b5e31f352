import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ensureTemporalCli } from '../temporal/cli/ensure-temporal-cli.ts'
import { startTemporalServer } from '../temporal/embedded-server.ts'
import { startEmbeddedStore } from '../metadata/embedded-store-process.ts'
import { storeFolder } from '../metadata/embedded-store-server.ts'
import { findDagsterPipes } from './dagster-pipes.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'

/** What every test of the integration suite can ask for: `inject('temporalAddress')`. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the `temporal` program, for tests that start and end a server of their own. */
    temporalCli: string
    /**
     * `host:port` of one Temporal server for all tests that only use one. They keep apart by the names of their code
     * locations, and so of their task queues.
     */
    temporalAddress: string
    temporalNamespace: string
    /** Folder of an empty metadata store to copy: making one takes seconds of CPU. */
    emptyStore: string
    /** Folder of `initdb` and `postgres`; undefined where the machine has none, which in CI never comes this far. */
    postgresBinaries: string | undefined
    /** A Python with the package `dagster-pipes`; undefined where it could not be installed, which in CI never comes this far. */
    dagsterPipes: string | undefined
  }
}

/** Starts, once for all files, what they share. The server also ends when this process is killed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cli = await ensureTemporalCli({ onProgress: ({ message }) => console.log(message) })
  const folder = await mkdtemp(join(tmpdir(), 'assetry-tests-'))
  const [server] = await Promise.all([startTemporalServer({ cli, folder }), makeStore(folder)])
  project.provide('temporalCli', cli.path)
  project.provide('temporalAddress', server.address)
  project.provide('temporalNamespace', server.namespace)
  project.provide('emptyStore', storeFolder(folder))
  project.provide('postgresBinaries', await findPostgresBinaries())
  project.provide('dagsterPipes', await findDagsterPipes())
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeStore(home: string): Promise<void> {
  await (await startEmbeddedStore({ home })).stop()
}
