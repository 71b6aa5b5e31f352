/** Names that histories, users' scripts and the Temporal Web UI rely on. They outlive releases: see docs/decisions/0001. */

export const runWorkflowType = 'run'
export const validateRunConfigWorkflowType = 'validateRunConfig'

export const backfillWorkflowType = 'backfill'
export const sensorWorkflowType = 'sensor'
export const scheduleTickWorkflowType = 'scheduleTick'
export const previewTickWorkflowType = 'previewTick'
export const freshnessWorkflowType = 'freshness'

/** Signal to a run: how many steps may be in flight from now on, a number. */
export const setWindowSignal = 'setWindow'
/** Signal to a backfill: it was paused, resumed, cancelled, or otherwise changed in the store. */
export const backfillChangedSignal = 'changed'
/** Signal to a sensor: there is something for it in the store, or it was started, stopped or edited. */
export const sensorWakeSignal = 'wake'
/** Signal to the freshness of a code location: an asset was updated, or there are other policies. */
export const freshnessChangedSignal = 'changed'

export const freshnessWorkflowId = (codeLocation: string): string => `freshness:${codeLocation}`
export const backfillWorkflowId = (backfillId: string): string => `backfill:${backfillId}`
export const sensorWorkflowId = (codeLocation: string, name: string): string => `sensor:${codeLocation}/${name}`
export const scheduleIdPrefix = (codeLocation: string): string => `schedule:${codeLocation}/`
/** Id of the Temporal Schedule. */
export const scheduleIdOf = (codeLocation: string, name: string): string => `${scheduleIdPrefix(codeLocation)}${name}`
/** What the ids of its ticks' workflows begin with: Temporal puts the time behind it. */
export const tickWorkflowId = (codeLocation: string, name: string): string => `tick:${codeLocation}/${name}`
export const runWorkflowId = (runId: string): string => `run:${runId}`

/** One task queue a code location. */
export const taskQueueOf = (codeLocation: string): string => `assetry:${codeLocation}`

/** The queue of evaluations of schedules and sensors: one that hangs takes no place from steps. */
export const ticksTaskQueueOf = (codeLocation: string): string => `assetry:${codeLocation}:ticks`

/** Failure type of an activity whose step has failed for good; the workflow then skips what depends on it. */
export const stepFailedType = 'StepFailed'

/** Search attributes, with their Temporal type. Registered by the embedded server, and by a worker where it may. */
export const searchAttributes = {
  AssetryJob: 'KEYWORD',
  AssetryAssets: 'KEYWORD_LIST',
  AssetryCodeLocation: 'KEYWORD',
} as const
