import type { Context } from '@temporalio/activity'
import { isAssetryError } from '../definitions/errors.ts'
import type { Sensor } from '../definitions/sensor.ts'
import type { InstigatorName } from '../metadata/stores/instigator-store.ts'
import type { WaitingEvent } from '../metadata/stores/sensor-event-store.ts'
import type { TickClaim } from '../metadata/stores/tick-store.ts'
import type { SensorStep, TickReference } from '../workflows/activity-contract.ts'
import { recordedError } from './recorded-error.ts'
import { evaluatedSensor, type SensorEvaluation } from './sensor-evaluation.ts'
import type { TickParts } from './tick-activities.ts'
import { launchableRequests, launchPending, type Requester } from './tick-requests.ts'
import { TickScribe } from './tick-scribe.ts'

/** How long a sensor that is only told of things waits: who told it may have died before he could wake it. Unit: milliseconds. */
const askAnywayMs = 60_000

/** After an error a sensor waits at least so long, twice as long after each further one, and at most so long. Unit: milliseconds. */
const firstBackoffMs = 1_000
const longestBackoffMs = 600_000

type Claimed = Extract<TickClaim, { kind: 'claimed' }>

export interface SensorTickOptions {
  readonly parts: Omit<TickParts, 'recorder' | 'pauseSchedule'>
  readonly sensor: Sensor
  readonly tick: TickReference
  readonly context: Pick<Context, 'cancellationSignal'>
}

/** One tick of a sensor: evaluates it, commits what it came to, launches what it asked for. */
export class SensorTick {
  readonly #options: SensorTickOptions
  readonly #name: InstigatorName
  readonly #startedAt = Date.now()

  constructor(options: SensorTickOptions) {
    this.#options = options
    const { codeLocation, name } = options.tick
    this.#name = { codeLocation, kind: 'SENSOR', name }
  }

  async toItsEnd(): Promise<SensorStep> {
    const { parts, sensor, tick } = this.#options
    const [waiting] = await Promise.all([
      sensor.events === undefined ? [] : parts.store.sensorEvents.waiting(tick, sensor.eventsPerTick + 1),
      // What an earlier tick has committed is launched, whatever has become of that tick's worker.
      launchPending(parts, this.#name),
    ])
    const taken = waiting.slice(0, sensor.eventsPerTick)
    if (sensor.minimumIntervalMs === null && taken.length === 0) return (await this.#isStopped()) ? ended : { waitMs: askAnywayMs }
    const claim = await parts.store.ticks.begin({
      ...this.#name,
      tickId: tick.tickId,
      defaultStatus: sensor.defaultStatus,
      worker: parts.identity,
    })
    if (claim.kind === 'stopped') return ended
    if (claim.kind === 'ended') return this.#next(claim.failures, waiting.length > 0)
    const { failures, asked } = await this.#evaluated(claim, taken)
    if (asked) await launchPending(parts, this.#name)
    return this.#next(failures, waiting.length > taken.length)
  }

  /** How many ticks in a row have failed by now, and whether this one has asked for runs. */
  async #evaluated(claim: Claimed, waiting: readonly WaitingEvent[]): Promise<{ readonly failures: number; readonly asked: boolean }> {
    const { parts, sensor, tick, context } = this.#options
    const scribe = new TickScribe(parts)
    try {
      const { cursor, lastTickAt, lastRunKey } = claim
      const evaluation = await evaluatedSensor({
        parts,
        sensor,
        tickId: tick.tickId,
        scribe,
        signal: context.cancellationSignal,
        cursor,
        lastTickAt,
        lastRunKey,
        waiting,
      })
      await this.#commit(claim, evaluation, { scribe, waiting })
      return { failures: 0, asked: evaluation.items.requests.length > 0 }
    } catch (error) {
      // Another evaluation takes the tick over: the store's absence or the worker's end is no failure of the sensor.
      if (context.cancellationSignal.aborted || (isAssetryError(error) && error.code === 'STORE_UNREACHABLE')) throw error
      return { failures: await this.#failed(claim, error, scribe), asked: false }
    }
  }

  async #commit(
    { fence }: Claimed,
    { items, changes, cursor, refused }: SensorEvaluation,
    { scribe, waiting }: { readonly scribe: TickScribe; readonly waiting: readonly WaitingEvent[] },
  ): Promise<void> {
    const { parts, sensor, tick } = this.#options
    const requester = sensorRequester(sensor, tick.tickId)
    const { codeLocation } = tick
    const requests = await launchableRequests(parts, { codeLocation, requester, requests: items.requests, added: changes.added })
    await parts.store.ticks.commit(tick.tickId, fence, {
      requests,
      runKeys: sensor.runKeys,
      skipReason: items.skipReason,
      ...(cursor !== undefined && { cursor }),
      events: waiting.map(({ number }) => number),
      refused,
      ...changes.outcome,
      logs: await scribe.lines(),
    })
  }

  async #failed({ fence }: Claimed, error: unknown, scribe: TickScribe): Promise<number> {
    const { parts, sensor, tick } = this.#options
    return parts.store.ticks.fail(
      { tickId: tick.tickId, fence },
      {
        error: recordedError(error, parts.secrets),
        logs: await scribe.lines(),
        stopAfter: sensor.stopAfterErrors ?? null,
        stopReason: `stopped after ${sensor.stopAfterErrors} errors in a row`,
      },
    )
  }

  async #isStopped(): Promise<boolean> {
    const { parts, sensor } = this.#options
    const known = await parts.store.instigators.get(this.#name)
    return (known?.status ?? sensor.defaultStatus) === 'STOPPED'
  }

  #next(failures: number, hasMore: boolean): SensorStep {
    const { minimumIntervalMs } = this.#options.sensor
    if (failures > 0) return { waitMs: Math.max(minimumIntervalMs ?? 0, Math.min(firstBackoffMs * 2 ** (failures - 1), longestBackoffMs)) }
    if (hasMore) return { waitMs: 0 }
    return { waitMs: minimumIntervalMs === null ? askAnywayMs : Math.max(0, minimumIntervalMs - (Date.now() - this.#startedAt)) }
  }
}

const ended: SensorStep = { ended: true, waitMs: 0 }

/** What a sensor's requests have in common. */
export function sensorRequester({ name, target, tags }: Sensor, tickId: string): Requester {
  return { owner: `sensor "${name}"`, target, tags, origin: { 'assetry/sensor': name, 'assetry/tick': tickId } }
}
