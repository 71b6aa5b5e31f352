import type { CheckContext } from '../definitions/check-context.ts'
import { type ContextRecord, type StepContextOptions, testStepContext } from './step-context.ts'

/** What {@link buildCheckContext} may be told; each has a sensible default. */
export interface CheckContextOptions<TConfig, TResources>
  extends
    StepContextOptions<TConfig, TResources>,
    Partial<Pick<CheckContext, 'now' | 'latestMaterialization' | 'latestObservation' | 'dataVersionAt'>> {
  /** @default 'test' */
  readonly assetKey?: string
  /** @default 'test' */
  readonly checkName?: string
}

/**
 * A context for calling the function of an asset check in a test.
 *
 * @example
 * ```ts
 * const found = await noNulls.check({ orders: sample }, buildCheckContext({ now: new Date('2026-01-02') }))
 * ```
 */
export function buildCheckContext<TConfig = undefined, TResources = Readonly<Record<string, never>>>(
  options: CheckContextOptions<TConfig, TResources> = {},
): CheckContext<TConfig, TResources> & ContextRecord {
  return {
    ...testStepContext(options),
    assetKey: options.assetKey ?? 'test',
    checkName: options.checkName ?? 'test',
    now: options.now ?? new Date(),
    latestMaterialization: options.latestMaterialization,
    latestObservation: options.latestObservation,
    dataVersionAt: options.dataVersionAt,
  }
}
