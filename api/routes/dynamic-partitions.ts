import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { requireDynamicKeys } from '../../definitions/partitions/dynamic-partitions.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import {
  AddDynamicPartitionKeys,
  AddedDynamicPartitionKeys,
  DynamicPartitionKeyPage,
  DynamicPartitionsPage,
  RemovedDynamicPartitionKey,
} from '../contract/dynamic-partitions.ts'
import { PageQuery } from '../contract/page.ts'
import { allDynamicPartitions, requireDynamicKey, requireDynamicPartitions } from '../dynamic-partition-lookup.ts'
import { exampleAddedKeys, exampleDynamicKey, exampleDynamicPartitions, examplePage } from '../examples.ts'
import { pageOfList, storedPage } from '../list-page.ts'

const name = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,100}$/)
  .meta({ description: 'What `dynamicPartitions()` got.', examples: ['customers'] })

const list = createRoute({
  method: 'get',
  path: '/dynamic-partitions',
  tags: ['Partitions'],
  summary: 'List dynamic partitions',
  description: 'By name: those that assets have, and those that keys were added to, with how many keys.',
  request: { query: PageQuery },
  responses: {
    200: jsonAnswer(DynamicPartitionsPage, 'A page of names.', examplePage(exampleDynamicPartitions)),
    ...problemAnswers(422, 503),
  },
})

const keys = createRoute({
  method: 'get',
  path: '/dynamic-partitions/{name}/keys',
  tags: ['Partitions'],
  summary: 'List the keys of dynamic partitions',
  description: 'Newest first.',
  request: { params: z.object({ name }), query: PageQuery },
  responses: {
    200: jsonAnswer(DynamicPartitionKeyPage, 'A page of keys.', examplePage(exampleDynamicKey)),
    ...problemAnswers(404, 422, 503),
  },
})

const add = createRoute({
  method: 'post',
  path: '/dynamic-partitions/{name}/keys',
  tags: ['Partitions'],
  summary: 'Add keys to dynamic partitions',
  description: 'In the order given. Keys that are there already stay as they are, so that a request may be repeated.',
  request: {
    params: z.object({ name }),
    body: { required: true, content: { 'application/json': { schema: AddDynamicPartitionKeys, example: { keys: ['acme', 'initech'] } } } },
  },
  responses: {
    201: jsonAnswer(AddedDynamicPartitionKeys, 'Keys were added.', exampleAddedKeys),
    200: jsonAnswer(AddedDynamicPartitionKeys, 'All of them were there already.', { ...exampleAddedKeys, added: [] }),
    ...problemAnswers(415, 422, 503),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/dynamic-partitions/{name}/keys/{key}',
  tags: ['Partitions'],
  summary: 'Remove a key of dynamic partitions',
  description: 'Runs of it, its values and what is known of them stay.',
  request: { params: z.object({ name, key: z.string().meta({ description: '`/` in it is written `%2F`.', examples: ['acme'] }) }) },
  responses: {
    200: jsonAnswer(RemovedDynamicPartitionKey, 'The key was removed.', { name: 'customers', removed: 'acme' }),
    ...problemAnswers(404, 422, 503),
  },
})

/** Partitions that are added and removed at run time. */
export function dynamicPartitionRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const all = await allDynamicPartitions(store, await catalog())
    return c.json(
      pageOfList(all, (each) => each.name, c.req.valid('query')),
      200,
    )
  })
  app.openapi(keys, async (c) => {
    const { name: ofName } = c.req.valid('param')
    await requireDynamicPartitions(store, await catalog(), ofName)
    const page = await storedPage(c.req.valid('query'), (request) => store.dynamicPartitions.list(ofName, request))
    return c.json({ ...page, items: page.items.map(({ key, addedAt }) => ({ key, addedAt: addedAt.toISOString() })) }, 200)
  })
  app.openapi(add, async (c) => {
    const { name: ofName } = c.req.valid('param')
    const given = c.req.valid('json').keys
    requireDynamicKeys(ofName, given)
    const answer = { name: ofName, added: [...(await store.dynamicPartitions.add(ofName, given))] }
    return answer.added.length > 0 ? c.json(answer, 201) : c.json(answer, 200)
  })
  app.openapi(remove, async (c) => {
    const { name: ofName, key } = c.req.valid('param')
    await requireDynamicPartitions(store, await catalog(), ofName)
    await requireDynamicKey(store, ofName, key)
    await store.dynamicPartitions.remove(ofName, [key])
    return c.json({ name: ofName, removed: key }, 200)
  })
  return app
}
