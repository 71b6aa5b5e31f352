import { randomUUID } from 'node:crypto'
import { type Client, ScheduleNotFoundError } from '@temporalio/client'
import type { InstigatorStatus } from '../definitions/sensor-options.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { nextTicks } from '../planning/schedule-ticks.ts'
import type { Snapshot } from '../planning/snapshot.ts'
import { scheduleIdOf, scheduleTickWorkflowType, taskQueueOf, tickWorkflowId } from '../workflows/names.ts'
import type { ScheduleTickInput } from '../workflows/run-input.ts'
import type { TickPreview } from '../workflows/tick-preview.ts'
import { defaultNote, keptSchedule } from './kept-schedule.ts'
import { allLocated, located } from './located.ts'
import { keepSchedule } from './schedule-reconciler.ts'
import { previewTick } from './tick-preview.ts'

/** A schedule as the newest definitions of its code location have it. */
export interface LocatedSchedule {
  readonly codeLocation: string
  readonly schedule: ScheduleSnapshot
}

/** How it stands with a schedule. */
export interface ScheduleStanding {
  readonly status: InstigatorStatus
  /** Whether somebody has started or stopped it; else its definition decides. */
  readonly isByDefault: boolean
  /** Who or what has started or stopped it, as far as it is known. */
  readonly note: string | null
  /** Its next ticks from now on, without jitter; also of one that is stopped. */
  readonly nextTicks: readonly Date[]
  /** Whether Temporal keeps it: a moment after the first worker with its definition has started. */
  readonly isKept: boolean
}

/** Steers schedules. */
export interface ScheduleControl {
  /** All schedules of all code locations, by name. */
  list(): Promise<readonly LocatedSchedule[]>
  /** @throws `UNKNOWN_SCHEDULE` */
  find(name: string, codeLocation?: string): Promise<LocatedSchedule>
  /** @param ticks - how many next ticks to tell. @default 10 */
  describe(schedule: LocatedSchedule, ticks?: number): Promise<ScheduleStanding>
  /** @param by - for the note: `by ann@example.com` */
  start(schedule: LocatedSchedule, by?: string): Promise<void>
  stop(schedule: LocatedSchedule, by?: string): Promise<void>
  /** Gives it back to its definition's default status. */
  reset(schedule: LocatedSchedule): Promise<void>
  /** A tick now, be it stopped or not; with a time, as if it were that time. Its workflow's id. */
  trigger(schedule: LocatedSchedule, scheduledAt?: Date): Promise<string>
  /** What a tick would come to, asked of a worker. @param scheduledAt - @default its next tick. @throws `NO_WORKER` */
  preview(schedule: LocatedSchedule, scheduledAt?: Date): Promise<TickPreview>
}

const defaultTicks = 10

export function createScheduleControl(parts: { readonly store: MetadataStore; readonly client: Client }): ScheduleControl {
  const { store, client } = parts
  return {
    list: () => allLocated(store, scheduleKind),
    find: (name, codeLocation) => located(store, scheduleKind, { name, codeLocation }),
    describe: (schedule, ticks = defaultTicks) => described(parts, schedule, ticks),
    start: (schedule, by = '') => setStatus(parts, schedule, 'RUNNING', `started ${by}`.trim()),
    stop: (schedule, by = '') => setStatus(parts, schedule, 'STOPPED', `stopped ${by}`.trim()),
    reset: (schedule) => setStatus(parts, schedule, null, defaultNote),
    trigger: (schedule, scheduledAt = new Date()) => triggered(client, schedule, scheduledAt),
    preview: ({ codeLocation, schedule }, scheduledAt) =>
      previewTick(
        client,
        {
          kind: 'SCHEDULE',
          codeLocation,
          name: schedule.name,
          ...(scheduledAt !== undefined && { scheduledAt: scheduledAt.toISOString() }),
        },
        schedule.timeoutMs,
      ),
  }
}

async function described(
  { store, client }: { readonly store: MetadataStore; readonly client: Client },
  { codeLocation, schedule }: LocatedSchedule,
  ticks: number,
): Promise<ScheduleStanding> {
  const kept = await keptSchedule(client, { codeLocation, name: schedule.name })
  const known = await store.instigators.get({ codeLocation, kind: 'SCHEDULE', name: schedule.name })
  const isByDefault = kept === undefined ? (known?.status ?? null) === null : kept.note === defaultNote
  const keptStatus = kept === undefined ? undefined : statusOf(kept.paused)
  return {
    status: keptStatus ?? known?.status ?? schedule.defaultStatus,
    isByDefault,
    note: isByDefault ? null : (kept?.note ?? known?.reason ?? null),
    nextTicks: nextTicks(schedule.timing, Date.now(), ticks).map((tick) => new Date(tick)),
    isKept: kept !== undefined,
  }
}

function statusOf(paused: boolean): InstigatorStatus {
  return paused ? 'STOPPED' : 'RUNNING'
}

/** Temporal first, which is the truth; the store is told by the reconciler where this process dies in between. */
async function setStatus(
  { store, client }: { readonly store: MetadataStore; readonly client: Client },
  { codeLocation, schedule }: LocatedSchedule,
  status: InstigatorStatus | null,
  note: string,
): Promise<void> {
  const name = { codeLocation, kind: 'SCHEDULE' as const, name: schedule.name }
  const toggle = async (): Promise<void> => {
    const handle = client.schedule.getHandle(scheduleIdOf(codeLocation, schedule.name))
    await ((status ?? schedule.defaultStatus) === 'RUNNING' ? handle.unpause(note) : handle.pause(note))
  }
  try {
    await toggle()
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
    await keepSchedule({ store, client, codeLocation }, schedule, await store.instigators.get(name))
    await toggle()
  }
  await store.instigators.setStatus(name, status, status === null ? undefined : note)
}

async function triggered(client: Client, { codeLocation, schedule }: LocatedSchedule, scheduledAt: Date): Promise<string> {
  const workflowId = `${tickWorkflowId(codeLocation, schedule.name)}-by-hand-${randomUUID()}`
  const input: ScheduleTickInput = { codeLocation, name: schedule.name, scheduledAt: scheduledAt.toISOString(), byHand: true }
  await client.workflow.start(scheduleTickWorkflowType, {
    workflowId,
    taskQueue: taskQueueOf(codeLocation),
    staticSummary: `schedule ${schedule.name}, by hand`.slice(0, 200),
    args: [input],
  })
  return workflowId
}

const scheduleKind = {
  what: 'schedule',
  unknown: 'UNKNOWN_SCHEDULE',
  of: ({ schedules = [] }: Snapshot, codeLocation: string) => schedules.map((schedule) => ({ codeLocation, schedule })),
  nameOf: ({ schedule }: LocatedSchedule) => schedule.name,
} as const
