import type { AssetResources } from '../definitions/computation.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Lease, ResourcePool } from './resource-pool.ts'

/** Where clients come from. */
export interface ClientSource {
  readonly definitions: Definitions
  readonly resources: ResourcePool
  readonly runConfig: RunConfig
}

/** The clients of resources, by the names they were asked for; each is on loan, and added to `leases`. @throws `ENV_MISSING`, `CONFIG_INVALID`, `RESOURCE_FAILED` */
export async function leasedClients(
  { definitions, resources, runConfig }: ClientSource,
  asked: AssetResources,
  leases: Lease[],
): Promise<Readonly<Record<string, unknown>>> {
  const clients: Record<string, unknown> = {}
  for (const [name, resource] of Object.entries(asked)) {
    const configured = definitions.resources[resource.name]
    if (configured === undefined) continue
    const lease = await resources.lease(configured, runConfig)
    leases.push(lease)
    clients[name] = lease.client
  }
  return clients
}
