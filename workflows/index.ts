/** The workflow bundle's single entry: each export is a workflow type. */
export { backfill } from './backfill.ts'
export { previewTick } from './preview-tick.ts'
export { freshness } from './freshness.ts'
export { run } from './run.ts'
export { scheduleTick } from './schedule-tick.ts'
export { sensor } from './sensor.ts'
export { validateRunConfig } from './validate-run-config.ts'
