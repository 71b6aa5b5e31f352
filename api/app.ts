import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { destination, pino } from 'pino'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { BackfillLauncher } from '../temporal/backfill-launcher.ts'
import type { RunLauncher } from '../temporal/run-launcher.ts'
import type { ScheduleControl } from '../temporal/schedule-control.ts'
import type { SensorControl } from '../temporal/sensor-control.ts'
import type { ApiParts } from './api-parts.ts'
import { createCatalogReader } from './catalog.ts'
import { type ErrorLog, errorHandler, notFoundHandler } from './error-response.ts'
import { hostGuard } from './host-guard.ts'
import { refuseInvalid } from './request-check.ts'
import { assetCheckRoutes } from './routes/asset-checks.ts'
import { assetEventRoutes } from './routes/asset-events.ts'
import { assetHistoryRoutes } from './routes/asset-history.ts'
import { assetPartitionRoutes } from './routes/asset-partitions.ts'
import { assetRoutes } from './routes/assets.ts'
import { backfillRoutes } from './routes/backfills.ts'
import { codeLocationRoutes } from './routes/code-locations.ts'
import { addDocs } from './routes/docs.ts'
import { dynamicPartitionRoutes } from './routes/dynamic-partitions.ts'
import { healthRoutes } from './routes/health.ts'
import { jobRoutes } from './routes/jobs.ts'
import { lineageRoutes } from './routes/lineage.ts'
import { resourceRoutes } from './routes/resources.ts'
import { runEventRoutes } from './routes/run-events.ts'
import { runRoutes } from './routes/runs.ts'
import { scheduleRoutes } from './routes/schedules.ts'
import { sensorRoutes } from './routes/sensors.ts'
import { isSignedEvent } from './signed-event.ts'
import { tickRoutes } from './routes/ticks.ts'
import { tokenGuard } from './token-guard.ts'

/** What {@link createApp} takes. */
export interface AppOptions {
  readonly store: MetadataStore
  readonly launcher: RunLauncher
  readonly backfills: BackfillLauncher
  readonly schedules: ScheduleControl
  readonly sensors: SensorControl
  /** Shown in answers about health and in the description of the API. */
  readonly version: string
  /** Address of Temporal's Web UI, for links to it. */
  readonly temporalUiUrl?: string | undefined
  /** Temporal's namespace, for the same links. @default 'default' */
  readonly namespace?: string | undefined
  /** Host names under which it may be asked, besides those of this machine; `*` for any. @default none */
  readonly allowedHosts?: readonly string[] | undefined
  /** What `Authorization: Bearer …` must hold in every request but those for health. @default none, nobody is asked */
  readonly token?: string | undefined
  /** Where errors go whose reason no answer tells. @default JSON lines on stderr */
  readonly log?: ErrorLog | undefined
}

/** Largest body of a request, in bytes: 4 MiB, twice what Temporal takes as one payload. */
const maximumBodyBytes = 4 * 1024 * 1024

/**
 * The HTTP API, without a port: {@link startApiServer} listens, `app.request()` asks it in a test.
 *
 * @example
 * ```ts
 * const app = createApp({ store, launcher, backfills, version: '1.0.0' })
 * const answer = await app.request('/api/v1/assets')
 * ```
 */
export function createApp(options: AppOptions): OpenAPIHono {
  const parts = partsOf(options)
  const app = new OpenAPIHono({ defaultHook: refuseInvalid })
  app.onError(errorHandler(parts.log))
  app.notFound(notFoundHandler)
  app.use(secureHeaders(answerHeaders))
  app.use(hostGuard(options.allowedHosts ?? []))
  if (options.token !== undefined) app.use(tokenGuard(options.token, (c) => isSignedEvent(parts.sensors, c)))
  app.use(bodyLimit({ maxSize: maximumBodyBytes, onError: tooLarge }))
  app.use('/api/v1/*', neverStored)
  for (const routes of allRoutes) app.route('/api/v1', routes(parts))
  app.route('/', healthRoutes(parts))
  addDocs(app, { version: parts.version, tokenRequired: options.token !== undefined })
  app.get('/', (c) => c.json(signpost(parts)))
  return app
}

const ofAssets = [assetRoutes, assetHistoryRoutes, assetPartitionRoutes, assetCheckRoutes, assetEventRoutes, lineageRoutes]
const ofRuns = [runRoutes, runEventRoutes, backfillRoutes]
const ofAutomation = [scheduleRoutes, sensorRoutes, tickRoutes]
const allRoutes = [...ofAssets, dynamicPartitionRoutes, jobRoutes, ...ofRuns, ...ofAutomation, codeLocationRoutes, resourceRoutes]

function partsOf(options: AppOptions): ApiParts {
  return {
    store: options.store,
    launcher: options.launcher,
    backfills: options.backfills,
    schedules: options.schedules,
    sensors: options.sensors,
    catalog: createCatalogReader(options.store),
    version: options.version,
    namespace: options.namespace ?? 'default',
    temporalUiUrl: options.temporalUiUrl ?? null,
    log: options.log ?? pino({ name: 'assetry-api' }, destination(2)),
  }
}

function tooLarge(): never {
  throw new HTTPException(413, { message: `The body is larger than ${maximumBodyBytes} bytes` })
}

/** JSON needs no script, style or frame. Whether a host is only to be reached by HTTPS is for those to say who run it. */
const answerHeaders: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
}

/** What is going on changes by the second; an old answer is a wrong one. */
const neverStored: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('cache-control', 'no-store')
}

function signpost({ version, temporalUiUrl }: ApiParts): Readonly<Record<string, string | null>> {
  return {
    name: 'assetry',
    version,
    api: '/api/v1',
    docs: '/api/docs',
    openapi: '/api/v1/openapi.json',
    health: '/readyz',
    temporalUi: temporalUiUrl,
  }
}
