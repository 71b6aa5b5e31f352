import { type Client, type ScheduleDescription, ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client'
import { encodeScheduleAction, encodeSchedulePolicies, encodeScheduleSpec } from '@temporalio/client/lib/schedule-helpers.js'
import { contentHash } from '../metadata/content-hash.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { scheduleIdOf, scheduleTickWorkflowType, taskQueueOf, tickWorkflowId } from '../workflows/names.ts'
import type { ScheduleTickInput } from '../workflows/run-input.ts'
import { type TemporalSchedule, temporalSchedule } from './schedule-spec.ts'

/** A schedule of a code location. */
export interface ScheduleName {
  readonly codeLocation: string
  readonly name: string
}

/** Whether Temporal starts its ticks. */
export interface PausedState {
  readonly paused: boolean
  /** Why, in words that Temporal's Web UI shows. */
  readonly note: string
}

/** What Temporal knows of a schedule. */
export interface KeptSchedule extends PausedState {
  /** The next ten times; also those that come to nothing. */
  readonly nextTimes: readonly Date[]
  /** What it was made from. */
  readonly made: Made | undefined
  readonly raw: ScheduleDescription['raw']
}

/** Says what a schedule in Temporal was made from, so that it isn't updated without need. */
interface Made {
  readonly version: number
  readonly hash: string
}

/**
 * Which way schedules are translated. A worker of an older version leaves alone what a newer one has made; raise it with each change
 * of what Temporal is given.
 */
const version = 1

/** Name of the memo of a schedule's ticks that says what it was made from. */
const madeMemo = 'assetrySchedule'

/** The note of a schedule that nobody has started or stopped. Who does so in Temporal's Web UI leaves another one. */
export const defaultNote = 'as its definition says: nobody has started or stopped it'

/** What Temporal knows of a schedule; undefined where it has none. */
export async function keptSchedule(client: Client, { codeLocation, name }: ScheduleName): Promise<KeptSchedule | undefined> {
  try {
    const { state, info, action, raw } = await client.schedule.getHandle(scheduleIdOf(codeLocation, name)).describe()
    return {
      paused: state.paused,
      note: state.note ?? '',
      nextTimes: info.nextActionTimes,
      made: action.memo?.[madeMemo] as Made | undefined,
      raw,
    }
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}

/** Gives a schedule to Temporal. False where another worker was quicker. */
export async function createSchedule(
  client: Client,
  codeLocation: string,
  schedule: ScheduleSnapshot,
  { paused, note }: PausedState,
): Promise<boolean> {
  const { spec, policies } = temporalSchedule(schedule, Date.now())
  try {
    await client.schedule.create({
      scheduleId: scheduleIdOf(codeLocation, schedule.name),
      spec,
      policies,
      action: actionOf({ codeLocation, name: schedule.name }, { spec, policies }),
      state: { paused, note },
    })
    return true
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false
    throw error
  }
}

/** Whether Temporal has something else than the definition says; what a newer worker has made is as it should be. */
export function isOutdated({ made }: KeptSchedule, codeLocation: string, schedule: ScheduleSnapshot): boolean {
  if (made === undefined) return true
  const wanted = madeFrom({ codeLocation, name: schedule.name }, temporalSchedule(schedule, Date.now()))
  return made.version < wanted.version || (made.version === wanted.version && made.hash !== wanted.hash)
}

/**
 * Replaces all of a schedule but its state, in one step: Temporal refuses where somebody has paused it, or changed anything else,
 * since it was read.
 */
export async function updateSchedule(
  client: Client,
  codeLocation: string,
  schedule: ScheduleSnapshot,
  { raw, state }: { readonly raw: KeptSchedule['raw']; readonly state: PausedState | undefined },
): Promise<void> {
  const { namespace, identity, loadedDataConverter } = client.options
  const name = { codeLocation, name: schedule.name }
  const { spec, policies } = temporalSchedule(schedule, Date.now())
  await client.workflowService.updateSchedule({
    namespace,
    identity,
    scheduleId: scheduleIdOf(codeLocation, schedule.name),
    conflictToken: raw.conflictToken ?? null,
    schedule: {
      spec: encodeScheduleSpec(spec),
      policies: encodeSchedulePolicies(policies),
      action: await encodeScheduleAction(loadedDataConverter, namespace, actionOf(name, { spec, policies }), {}),
      state: { ...raw.schedule?.state, ...(state && { paused: state.paused, notes: state.note }) },
    },
  })
}

/** Takes a schedule out of Temporal. May be repeated. */
export async function removeSchedule(client: Client, { codeLocation, name }: ScheduleName): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleIdOf(codeLocation, name)).delete()
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
  }
}

function actionOf(name: ScheduleName, schedule: TemporalSchedule) {
  const input: ScheduleTickInput = name
  return {
    type: 'startWorkflow' as const,
    workflowType: scheduleTickWorkflowType,
    workflowId: tickWorkflowId(name.codeLocation, name.name),
    taskQueue: taskQueueOf(name.codeLocation),
    staticSummary: `schedule ${name.name}`.slice(0, 200),
    args: [input],
    memo: { [madeMemo]: madeFrom(name, schedule) },
  }
}

function madeFrom({ codeLocation, name }: ScheduleName, schedule: TemporalSchedule): Made {
  return { version, hash: contentHash({ codeLocation, name, ...schedule }) }
}
