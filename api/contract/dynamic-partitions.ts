import { z } from 'zod'
import { pageOf } from './page.ts'
import { Time } from './time.ts'

/** Dynamic partitions, as definitions name them, or keys were added to them. */
export const DynamicPartitions = z
  .object({
    name: z.string().meta({ examples: ['customers'] }),
    count: z.number().int().meta({ description: 'How many keys there are.' }),
    assetKeys: z.array(z.string()).meta({ description: 'The assets that have these partitions, alone or as a dimension.' }),
  })
  .meta({ id: 'DynamicPartitions', description: 'Partitions that are added and removed at run time.' })
export type DynamicPartitions = z.infer<typeof DynamicPartitions>

/** Answer of `GET /dynamic-partitions`. */
export const DynamicPartitionsPage = pageOf(DynamicPartitions).meta({ id: 'DynamicPartitionsPage' })
export type DynamicPartitionsPage = z.infer<typeof DynamicPartitionsPage>

/** A key of dynamic partitions. */
export const DynamicPartitionKey = z
  .object({ key: z.string().meta({ examples: ['acme'] }), addedAt: Time })
  .meta({ id: 'DynamicPartitionKey', description: 'A key of dynamic partitions.' })
export type DynamicPartitionKey = z.infer<typeof DynamicPartitionKey>

/** Answer of `GET /dynamic-partitions/{name}/keys`: newest first. */
export const DynamicPartitionKeyPage = pageOf(DynamicPartitionKey).meta({ id: 'DynamicPartitionKeyPage' })
export type DynamicPartitionKeyPage = z.infer<typeof DynamicPartitionKeyPage>

/** Most keys that one request adds. */
export const mostAddedKeys = 10_000

/** Body of `POST /dynamic-partitions/{name}/keys`. */
export const AddDynamicPartitionKeys = z
  .strictObject({ keys: z.array(z.string()).min(1).max(mostAddedKeys).meta({ description: 'In the order they shall stand in.' }) })
  .meta({ id: 'AddDynamicPartitionKeys' })
export type AddDynamicPartitionKeys = z.infer<typeof AddDynamicPartitionKeys>

/** Answer of `POST /dynamic-partitions/{name}/keys`. */
export const AddedDynamicPartitionKeys = z
  .object({ name: z.string(), added: z.array(z.string()).meta({ description: 'Those that were new.' }) })
  .meta({ id: 'AddedDynamicPartitionKeys' })
export type AddedDynamicPartitionKeys = z.infer<typeof AddedDynamicPartitionKeys>

/** Answer of `DELETE /dynamic-partitions/{name}/keys/{key}`. */
export const RemovedDynamicPartitionKey = z.object({ name: z.string(), removed: z.string() }).meta({ id: 'RemovedDynamicPartitionKey' })
export type RemovedDynamicPartitionKey = z.infer<typeof RemovedDynamicPartitionKey>
