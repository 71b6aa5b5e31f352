import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { type EmbeddedStoreProcess, startEmbeddedStore } from '../../metadata/embedded-store-process.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { ensureTemporalCli } from '../../temporal/cli/ensure-temporal-cli.ts'
import { connectTemporal, type TemporalConnection } from '../../temporal/connection.ts'
import { startTemporalServer, type TemporalServer } from '../../temporal/embedded-server.ts'
import { type KeepingListener, KeptProcess } from './kept-process.ts'

/** What {@link StackServices} needs to know. */
export interface ServicesOptions {
  readonly home: string
  readonly onProgress: (message: string) => void
  /** The listener for a process of the given name. */
  readonly keeping: (process: string) => KeepingListener<unknown>
}

/** How the services are reached once they are up. */
export interface ReachedServices {
  readonly client: Client
  readonly namespace: string
  readonly temporalAddress: string
  /** Undefined where the server is not ours. */
  readonly temporalUiUrl: string | undefined
  readonly store: MetadataStore
  readonly storeUrl: string
}

/**
 * Temporal and the metadata store of a stack: embedded ones that are kept up, or those that `TEMPORAL_ADDRESS` and
 * `DATABASE_URL` name.
 */
export class StackServices {
  readonly #options: ServicesOptions
  readonly #temporal: KeptProcess<TemporalServer>
  readonly #store: KeptProcess<EmbeddedStoreProcess>
  #cli: { readonly path: string } | undefined
  #connection: TemporalConnection | undefined
  #opened: MetadataStore | undefined

  constructor(options: ServicesOptions) {
    this.#options = options
    this.#temporal = new KeptProcess(() => this.#startTemporal(), options.keeping('Temporal server'))
    this.#store = new KeptProcess(() => startEmbeddedStore({ home: options.home }), options.keeping('metadata store'))
  }

  /** Processes that are this stack's own. */
  get processes(): { readonly temporal: TemporalServer | undefined; readonly store: EmbeddedStoreProcess | undefined } {
    return { temporal: this.#temporal.current, store: this.#store.current }
  }

  async boot(): Promise<ReachedServices> {
    const [temporal, { store, storeUrl }] = await Promise.all([this.#reachTemporal(), this.#reachStore()])
    return {
      client: temporal.client,
      namespace: temporal.namespace,
      temporalAddress: temporal.address,
      temporalUiUrl: this.#temporal.current?.uiUrl,
      store,
      storeUrl,
    }
  }

  async stop(): Promise<void> {
    await this.#opened?.close()
    await this.#connection?.close()
    await Promise.all([this.#store.stop(), this.#temporal.stop()])
  }

  async #reachTemporal(): Promise<TemporalConnection> {
    if (hasExternalTemporal()) this.#connection = await connectTemporal()
    else this.#connection = await connectTemporal(await this.#bootTemporal())
    return this.#connection
  }

  async #bootTemporal(): Promise<{ readonly address: string; readonly namespace: string }> {
    const { onProgress } = this.#options
    this.#cli = await ensureTemporalCli({
      onProgress: ({ message, elapsed }) => onProgress(`${message} (${Math.round(elapsed / 1_000)} s)`),
    })
    onProgress('Starting Temporal and the metadata store')
    const { address, namespace } = await this.#temporal.start()
    return { address, namespace }
  }

  async #reachStore(): Promise<{ readonly store: MetadataStore; readonly storeUrl: string }> {
    const storeUrl = process.env['DATABASE_URL'] || (await this.#store.start()).url
    this.#opened = await openStore({ url: storeUrl })
    return { store: this.#opened, storeUrl }
  }

  #startTemporal(): Promise<TemporalServer> {
    const before = this.#temporal.current
    return startTemporalServer({
      cli: this.#cli ?? { path: 'temporal' },
      folder: join(this.#options.home, 'temporal'),
      // Workers and clients keep the address for life.
      ...(before === undefined ? {} : { port: before.port, uiPort: before.uiPort }),
    })
  }
}

/** Whether the settings name a Temporal server that is not this stack's to start. */
export function hasExternalTemporal(): boolean {
  return (process.env['TEMPORAL_ADDRESS'] ?? '') !== ''
}
