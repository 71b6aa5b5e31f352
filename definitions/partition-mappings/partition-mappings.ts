import { AssetryError } from '../errors.ts'
import { requireWhole } from '../partitions/window-options.ts'
import { mappingOf, type PartitionMapping } from './partition-mapping.ts'
import type { UpstreamKeysOf } from './partition-mapping-spec.ts'

/** Most windows that an offset may name. They are gone through one by one. */
const mostOffset = 1_000

/** What {@link timeWindowMapping} takes. */
export interface TimeWindowMappingOptions {
  /** How many downstream windows later the stretch of time starts that is needed; below 0 so many earlier. @default 0 */
  readonly startOffset?: number
  /** How many downstream windows later it ends. @default 0 */
  readonly endOffset?: number
  /** Whether upstream windows that don't exist are left out; else a run that needs one fails and names it. @default false */
  readonly allowNonexistent?: boolean
}

/** What {@link partitionMapping} takes. */
export interface PartitionMappingOptions {
  /** Names the upstream partitions that a partition needs. It must be pure: it is asked often, and not only where it runs. */
  readonly upstream: UpstreamKeysOf
}

/** Needs the upstream partition with the same key. What applies by itself where both have the same partitions. */
export function identityMapping(): PartitionMapping<'one'> {
  return mappingOf('one', { kind: 'identity' })
}

/**
 * Needs the upstream windows that overlap its own window, or one that offsets shift and stretch. Both assets have windows
 * of time in the same zone.
 *
 * @example
 * ```ts
 * const monthly = asset({
 *   key: 'monthly',
 *   partitions: monthlyPartitions({ start: '2026-01-01' }),
 *   inputs: { orders: input(dailyOrders, { partitionMapping: timeWindowMapping() }) },
 *   materialize: async ({ orders }) => {
 *     let total = 0
 *     for await (const [, rows] of orders) total += rows.length
 *     return total
 *   },
 * })
 * ```
 * @throws `INVALID_OPTION`
 */
export function timeWindowMapping(options: TimeWindowMappingOptions = {}): PartitionMapping<'many'> {
  const owner = 'timeWindowMapping'
  const startOffset = requireWhole(owner, 'startOffset', options.startOffset ?? 0, [-mostOffset, mostOffset])
  const endOffset = requireWhole(owner, 'endOffset', options.endOffset ?? 0, [-mostOffset, mostOffset])
  if (startOffset > endOffset)
    throw refused(owner, `startOffset ${startOffset} is after endOffset ${endOffset}: no window would be needed.`)
  return mappingOf('many', { kind: 'time-window', startOffset, endOffset, allowNonexistent: options.allowNonexistent ?? false })
}

/** Needs every upstream partition that exists. */
export function allPartitionsMapping(): PartitionMapping<'many'> {
  return mappingOf('many', { kind: 'all' })
}

/** Needs the newest upstream partition that exists, of static ones the last. */
export function lastPartitionMapping(): PartitionMapping<'one'> {
  return mappingOf('one', { kind: 'last' })
}

/**
 * Needs what a table says: of each upstream partition which one, or which ones, need it. Who is not in the table needs none.
 *
 * @example
 * ```ts
 * input(sales, { partitionMapping: staticMapping({ de: 'eu', fr: 'eu', ca: ['us', 'world'] }) })
 * ```
 * @throws `INVALID_OPTION`
 */
export function staticMapping(downstream: Readonly<Record<string, string | readonly string[]>>): PartitionMapping<'many'> {
  const entries = Object.entries(downstream).map(([up, down]) => [up, typeof down === 'string' ? [down] : keyList('staticMapping', down)])
  return mappingOf('many', { kind: 'static', downstreamKeys: Object.fromEntries(entries) as Readonly<Record<string, readonly string[]>> })
}

/** Needs these upstream partitions, whichever it is itself. @throws `INVALID_OPTION` */
export function specificPartitionsMapping(keys: readonly string[]): PartitionMapping<'many'> {
  const owner = 'specificPartitionsMapping'
  const list = keyList(owner, keys)
  if (list.length === 0) throw refused(owner, 'there are no keys. Give a list of at least one.')
  return mappingOf('many', { kind: 'specific', keys: list })
}

/**
 * Needs what a function of yours says. Other mappings are known wherever the definitions are; a function only where your
 * code is, so prefer them.
 *
 * @example
 * ```ts
 * input(versions, { partitionMapping: partitionMapping({ upstream: (key) => [key, `${key}-draft`] }) })
 * ```
 * @throws `INVALID_OPTION`
 */
export function partitionMapping({ upstream }: PartitionMappingOptions): PartitionMapping<'many'> {
  if (typeof upstream !== 'function') throw refused('partitionMapping', `upstream is ${JSON.stringify(upstream)}, not a function.`)
  return mappingOf('many', { kind: 'function', upstream })
}

function keyList(owner: string, keys: unknown): readonly string[] {
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return [...new Set(keys)]
  throw refused(owner, `${JSON.stringify(keys)} is no list of partition keys.`)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
