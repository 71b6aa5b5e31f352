import { createHash } from 'node:crypto'
import { AssetryError } from '../definitions/errors.ts'
import { metadataOf } from '../definitions/metadata-value.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import { requireDynamicKeys } from '../definitions/partitions/dynamic-partitions.ts'
import { dynamicNameOf } from '../definitions/dynamically-partitioned.ts'
import type { AnySensorContext } from '../definitions/sensor-context.ts'
import type { TickOutcome } from '../metadata/stores/tick-store.ts'

/** What a sensor's function does beside asking for runs, kept until its tick is committed. */
export class SensorChanges {
  readonly #tickId: string
  readonly #partitions: { readonly name: string; readonly add: readonly string[]; readonly remove: readonly string[] }[] = []
  readonly #reports: NonNullable<TickOutcome['reports']>[number][] = []
  #cursor: string | undefined

  constructor(tickId: string) {
    this.#tickId = tickId
  }

  get cursor(): string | undefined {
    return this.#cursor
  }

  /** Keys that are added, by the name of their partitions. */
  get added(): DynamicKeys {
    const added = new Map<string, string[]>()
    for (const { name, add } of this.#partitions) added.set(name, [...(added.get(name) ?? []), ...add])
    return added
  }

  /** What goes into the tick's outcome. */
  get outcome(): Pick<TickOutcome, 'partitions' | 'reports'> {
    return {
      ...(this.#partitions.length > 0 && { partitions: this.#partitions }),
      ...(this.#reports.length > 0 && { reports: this.#reports }),
    }
  }

  /** What of a sensor's context writes. */
  readonly methods: Pick<AnySensorContext, 'updateCursor' | 'addPartitions' | 'removePartitions' | 'reportMaterialization'> = {
    updateCursor: (cursor) => {
      if (typeof cursor !== 'string')
        throw new AssetryError(
          'TICK_RESULT_INVALID',
          `updateCursor() got ${typeof cursor}. A cursor is a text: use JSON.stringify() for more.`,
        )
      this.#cursor = cursor
    },
    addPartitions: (partitions, keys) => {
      const name = dynamicNameOf(partitions)
      requireDynamicKeys(name, keys)
      this.#partitions.push({ name, add: keys, remove: [] })
    },
    removePartitions: (partitions, keys) => void this.#partitions.push({ name: dynamicNameOf(partitions), add: [], remove: keys }),
    reportMaterialization: (asset, { partitionKey, metadata = {}, dataVersion, tags = {} } = {}) => {
      const assetKey = typeof asset === 'string' ? asset : asset.key
      const report = {
        kind: 'materialization' as const,
        assetKey,
        partitionKey: partitionKey ?? null,
        metadata: metadataOf(`the report on asset "${assetKey}"`, metadata),
        tags,
        codeVersion: null,
        dataVersion: dataVersion ?? null,
        inputVersions: null,
      }
      const place = createHash('sha256').update(`${this.#tickId}:${this.#reports.length}`).digest('hex')
      this.#reports.push({ report, key: `tick:${place}` })
    },
  }
}
