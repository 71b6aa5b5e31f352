/** The workflow bundle's single entry: each export is a workflow type. */
export { backfill } from './backfill.ts'
export { freshness } from './freshness.ts'
export { run } from './run.ts'
export { validateRunConfig } from './validate-run-config.ts'
