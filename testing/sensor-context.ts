import { randomUUID } from 'node:crypto'
import { type DynamicallyPartitioned, dynamicNameOf } from '../definitions/dynamically-partitioned.ts'
import type { Logger } from '../definitions/logger.ts'
import type { ReportedFacts, SensorContext } from '../definitions/sensor-context.ts'

/** What {@link buildSensorContext} may be told; each has a sensible default. */
export interface SensorContextOptions<TEvent, TResources> {
  /** @default 'test' */
  readonly sensorName?: string
  readonly cursor?: string
  readonly events?: readonly TEvent[]
  readonly resources?: TResources
  readonly lastTickAt?: Date
  readonly lastRunKey?: string
  /** @default the time of the call */
  readonly now?: Date
  readonly signal?: AbortSignal
  /** @default a logger that keeps silent */
  readonly log?: Logger
}

/** A context for calling a sensor's function in a test, and what the function did with it. */
export interface TestSensorContext<TEvent, TResources> extends SensorContext<TEvent, TResources> {
  /** What `updateCursor` got last. */
  readonly updatedCursor: string | undefined
  /** Keys that were added, by the name of their partitions. */
  readonly addedPartitions: Readonly<Record<string, readonly string[]>>
  /** Keys that were removed, by the name of their partitions. */
  readonly removedPartitions: Readonly<Record<string, readonly string[]>>
  /** What `reportMaterialization` got. */
  readonly reportedMaterializations: readonly (ReportedFacts & { readonly assetKey: string })[]
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * A context for calling a sensor's function in a test. Events are not checked by the sensor's schema; their ids are `event-1`,
 * `event-2` and so on.
 *
 * @example
 * ```ts
 * const context = buildSensorContext({ cursor: '2', events: [{ path: 'a.csv' }] })
 * const { runRequests } = await evaluateSensor(uploads, context)
 * ```
 */
export function buildSensorContext<TEvent = never, TResources = Readonly<Record<string, never>>>(
  options: SensorContextOptions<TEvent, TResources> = {},
): TestSensorContext<TEvent, TResources> {
  const { events = [], now = new Date() } = options
  const changes = new RecordedChanges()
  return {
    tickId: randomUUID(),
    resources: (options.resources ?? {}) as TResources,
    log: options.log ?? silent,
    signal: options.signal ?? new AbortController().signal,
    now,
    sensorName: options.sensorName ?? 'test',
    cursor: options.cursor,
    lastTickAt: options.lastTickAt,
    lastRunKey: options.lastRunKey,
    events,
    received: events.map((event, index) => ({ id: `event-${index + 1}`, receivedAt: now, event })),
    updateCursor: (cursor) => void (changes.cursor = cursor),
    addPartitions: (partitions, keys) => keep(changes.added, partitions, keys),
    removePartitions: (partitions, keys) => keep(changes.removed, partitions, keys),
    reportMaterialization: (asset, facts = {}) =>
      void changes.reports.push({ ...facts, assetKey: typeof asset === 'string' ? asset : asset.key }),
    get updatedCursor() {
      return changes.cursor
    },
    addedPartitions: changes.added,
    removedPartitions: changes.removed,
    reportedMaterializations: changes.reports,
  }
}

class RecordedChanges {
  cursor: string | undefined
  readonly added: Record<string, readonly string[]> = {}
  readonly removed: Record<string, readonly string[]> = {}
  readonly reports: (ReportedFacts & { readonly assetKey: string })[] = []
}

function keep(kept: Record<string, readonly string[]>, partitions: DynamicallyPartitioned, keys: readonly string[]): void {
  const name = dynamicNameOf(partitions)
  kept[name] = [...(kept[name] ?? []), ...keys]
}
