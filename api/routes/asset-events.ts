import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { tagsOf } from '../../definitions/tags.ts'
import type { NewReport } from '../../metadata/stores/report-store.ts'
import type { AssetSnapshot } from '../../planning/snapshot.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOfPath, assetParams, checkOf } from '../asset-lookup.ts'
import { AssetEvent, RecordedAssetEvent } from '../contract/asset-event.ts'
import { exampleAssetEvent, exampleRecordedEvent } from '../examples.ts'
import { givenMetadata } from '../given-metadata.ts'
import { idempotencyHeader } from '../idempotency-header.ts'

const report = createRoute({
  method: 'post',
  path: '/assets/{key}/events',
  tags: ['Assets'],
  summary: 'Report an event',
  description:
    'Records a materialization, an observation or a check evaluation of an asset that happened outside of every run. With an `Idempotency-Key`, the same event again is the first one (200).',
  request: {
    params: assetParams,
    headers: idempotencyHeader('Any text that names this event; the same again records nothing.', 'export-2026-01-31'),
    body: { required: true, content: { 'application/json': { schema: AssetEvent, example: exampleAssetEvent } } },
  },
  responses: {
    201: jsonAnswer(RecordedAssetEvent, 'The event was recorded.', exampleRecordedEvent),
    200: jsonAnswer(RecordedAssetEvent, 'The event that this key had recorded before.', exampleRecordedEvent),
    ...problemAnswers(404, 409, 415, 422, 503),
  },
})

/** What outsiders report of assets. */
export function assetEventRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(report, async (c) => {
    const asset = assetOfPath(await catalog(), c.req.valid('param').key)
    const event = c.req.valid('json')
    const { id, created } = await store.reports.record(reportOf(asset, event), c.req.valid('header')['idempotency-key'] ?? null)
    const answer = { id, type: event.type, assetKey: asset.key }
    return created ? c.json(answer, 201) : c.json(answer, 200)
  })
  return app
}

/** An event as it is recorded. @throws `METADATA_INVALID`, `INVALID_OPTION` for a tag, `UNKNOWN_CHECK` */
function reportOf(asset: AssetSnapshot, event: AssetEvent): NewReport {
  const owner = `the ${event.type} of asset "${asset.key}"`
  const about = { assetKey: asset.key, partitionKey: event.partitionKey ?? null, metadata: givenMetadata(owner, event.metadata) }
  if (event.type === 'check') {
    const { checkName, passed, severity, description = null } = event
    return { kind: 'check', ...about, checkName, passed, severity, description, blocking: checkOf(asset, checkName).blocking }
  }
  const data = { ...about, tags: tagsOf(owner, event.tags ?? {}), dataVersion: event.dataVersion ?? null }
  if (event.type === 'observation') return { kind: 'observation', ...data }
  return { kind: 'materialization', ...data, codeVersion: event.codeVersion ?? null, inputVersions: null }
}
