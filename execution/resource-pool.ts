import type { RunConfig } from '../definitions/config.ts'
import { AssetryError, findingsError } from '../definitions/errors.ts'
import type { ConfiguredResource } from '../definitions/resource.ts'
import { type Environment, resourceConfig } from './resource-config.ts'
import type { SecretMask } from './secret-mask.ts'

interface Client {
  readonly configured: ConfiguredResource
  readonly created: Promise<unknown>
  users: number
}

/** A client on loan. */
export interface Lease {
  readonly client: unknown
  /** Gives it back. Call once. */
  release(): Promise<void>
}

/**
 * Makes each resource once a process and config, when a step first needs it, and keeps it warm. Clients made for the
 * config of one run are disposed of when their last step is done; the others when the pool ends.
 */
export class ResourcePool {
  readonly #clients = new Map<string, Client>()

  readonly #environment: Environment
  readonly #secrets: SecretMask

  constructor(environment: Environment, secrets: SecretMask) {
    this.#environment = environment
    this.#secrets = secrets
  }

  /** @throws `ENV_MISSING`, `CONFIG_INVALID`, `RESOURCE_FAILED` */
  async lease(configured: ConfiguredResource, runConfig: RunConfig): Promise<Lease> {
    const ofRun = runConfig.resources?.[configured.name]
    const id = JSON.stringify([configured.name, ofRun ?? null])
    const client = this.#clients.get(id) ?? this.#open(id, configured, ofRun)
    client.users += 1
    try {
      return { client: await client.created, release: () => this.#release(id, client, ofRun !== undefined) }
    } catch (error) {
      client.users -= 1
      this.#forget(id, client)
      throw error
    }
  }

  /** Disposes of every client. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    await Promise.allSettled(clients.map(dispose))
  }

  #open(id: string, configured: ConfiguredResource, ofRun: unknown): Client {
    const client = { configured, created: this.#create(configured, ofRun), users: 0 }
    this.#clients.set(id, client)
    return client
  }

  async #create(configured: ConfiguredResource, ofRun: unknown): Promise<unknown> {
    const checked = await resourceConfig(configured, ofRun, this.#environment, this.#secrets)
    if ('findings' in checked) {
      const code = checked.findings.every((each) => each.code === 'ENV_MISSING') ? 'ENV_MISSING' : 'CONFIG_INVALID'
      throw findingsError(code, `Resource "${configured.name}" can't be created`, checked.findings)
    }
    try {
      return await configured.resource.create(checked.value as never)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new AssetryError('RESOURCE_FAILED', `Resource "${configured.name}" can't be created: ${this.#secrets.text(why)}`, {
        facts: { resource: configured.name },
        cause: error,
      })
    }
  }

  async #release(id: string, client: Client, ofOneRun: boolean): Promise<void> {
    client.users -= 1
    if (!ofOneRun || client.users > 0) return
    this.#forget(id, client)
    await dispose(client)
  }

  #forget(id: string, client: Client): void {
    if (this.#clients.get(id) === client) this.#clients.delete(id)
  }
}

async function dispose(client: Client): Promise<void> {
  await client.configured.resource.dispose?.((await client.created) as never)
}
