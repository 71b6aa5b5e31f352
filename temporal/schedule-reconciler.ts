import type { Client } from '@temporalio/client'
import pMap from 'p-map'
import type { InstigatorStatus } from '../definitions/sensor-options.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Instigator } from '../metadata/stores/instigator-store.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { scheduleIdPrefix } from '../workflows/names.ts'
import {
  createSchedule,
  defaultNote,
  isOutdated,
  keptSchedule,
  type KeptSchedule,
  type PausedState,
  removeSchedule,
  updateSchedule,
} from './kept-schedule.ts'

/** What reconciling needs. */
export interface ScheduleParts {
  readonly store: MetadataStore
  readonly client: Client
  readonly codeLocation: string
}

/** Schedules that are looked at in the same moment: beyond 50 calls an overloaded server loses one now and then. */
const atATime = 20

/**
 * Makes Temporal's schedules of a code location what its newest definitions say, and no others. Whether one is paused is for Temporal
 * to say: people pause in its Web UI, and so does a failure; the store is told. May run anywhere, any number of times.
 *
 * @throws what the first of the schedules met that could not be seen to, when all others were
 */
export async function reconcileSchedules(parts: ScheduleParts): Promise<void> {
  // Before the definitions are read: what is there was made from these or from older ones.
  const there = await listedNames(parts)
  const location = (await parts.store.codeLocations.list()).find(({ name }) => name === parts.codeLocation)
  if (location === undefined) return
  const schedules = location.snapshot.schedules ?? []
  if (schedules.length === 0 && there.length === 0) return
  const names = new Set(schedules.map(({ name }) => name))
  await takeOverNames(parts, schedules, names)
  const known = await knownByName(parts)
  const errors: unknown[] = []
  const eachOf = async <T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> => {
    await pMap(all, (one) => work(one).catch((error: unknown) => void errors.push(error)), { concurrency: atATime })
  }
  await eachOf(schedules, (schedule) => keepSchedule(parts, schedule, known.get(schedule.name)))
  await eachOf(
    there.filter((name) => !names.has(name)),
    (name) => removeSchedule(parts.client, { codeLocation: parts.codeLocation, name }),
  )
  if (errors.length > 0) throw errors[0]
}

/** Makes one schedule in Temporal what its definition says, and the store what Temporal says. */
export async function keepSchedule(parts: ScheduleParts, schedule: ScheduleSnapshot, known: Instigator | undefined): Promise<void> {
  const { client, codeLocation } = parts
  const kept = await keptSchedule(client, { codeLocation, name: schedule.name })
  if (kept === undefined) {
    await createSchedule(client, codeLocation, schedule, firstState(schedule, known))
    return
  }
  const change = stateChange(schedule, kept)
  if (change !== undefined || isOutdated(kept, codeLocation, schedule))
    await updateSchedule(client, codeLocation, schedule, { raw: kept.raw, state: change })
  await mirror(parts, schedule.name, kept, known)
}

/** One that Temporal has lost goes on as it was. */
function firstState({ defaultStatus }: ScheduleSnapshot, known: Instigator | undefined): PausedState {
  const status = known?.status ?? null
  if (status === null) return { paused: defaultStatus === 'STOPPED', note: defaultNote }
  return { paused: status === 'STOPPED', note: known?.reason ?? `${status === 'STOPPED' ? 'stopped' : 'started'} before` }
}

/** The state that it should have, where that is another: as long as nobody has started or stopped it, its definition decides. */
function stateChange({ defaultStatus }: ScheduleSnapshot, { note, paused }: KeptSchedule): PausedState | undefined {
  const wanted = defaultStatus === 'STOPPED'
  return note === defaultNote && paused !== wanted ? { paused: wanted, note: defaultNote } : undefined
}

async function mirror(
  { store, codeLocation }: ScheduleParts,
  name: string,
  { note, paused }: KeptSchedule,
  known: Instigator | undefined,
): Promise<void> {
  const stopped: InstigatorStatus = paused ? 'STOPPED' : 'RUNNING'
  const status = note === defaultNote ? null : stopped
  if ((known?.status ?? null) === status) return
  await store.instigators.setStatus({ codeLocation, kind: 'SCHEDULE', name }, status, status === null ? undefined : note)
}

async function knownByName({ store, codeLocation }: ScheduleParts): Promise<ReadonlyMap<string, Instigator>> {
  const all = await store.instigators.list(codeLocation)
  return new Map(all.filter(({ kind }) => kind === 'SCHEDULE').map((each) => [each.name, each]))
}

/** A schedule under a new name begins in the state of the old one, which ends; its ticks are those of the new one. */
async function takeOverNames(parts: ScheduleParts, schedules: readonly ScheduleSnapshot[], names: ReadonlySet<string>): Promise<void> {
  const { client, store, codeLocation } = parts
  for (const schedule of schedules) {
    const { name, renamedFrom } = schedule
    if (renamedFrom === null || names.has(renamedFrom)) continue
    await store.instigators.rename({ codeLocation, kind: 'SCHEDULE', name: renamedFrom }, name)
    const old = await keptSchedule(client, { codeLocation, name: renamedFrom })
    if (old === undefined) continue
    const known = { paused: old.paused, note: old.note }
    if (old.note !== defaultNote) await createSchedule(client, codeLocation, schedule, known)
    await removeSchedule(client, { codeLocation, name: renamedFrom })
  }
}

/** Schedules of the location that Temporal lists; one that was made a moment ago may not be among them yet. */
async function listedNames({ client, codeLocation }: ScheduleParts): Promise<readonly string[]> {
  const prefix = scheduleIdPrefix(codeLocation)
  const names: string[] = []
  const query = `ScheduleId STARTS_WITH ${JSON.stringify(prefix)}`
  for await (const { scheduleId } of client.schedule.list({ query })) {
    const name = scheduleId.slice(prefix.length)
    // A location may have the name of another one, with "/" and more behind it.
    if (scheduleId.startsWith(prefix) && !name.includes('/')) names.push(name)
  }
  return names
}
