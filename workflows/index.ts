/** The workflow bundle's single entry: each export is a workflow type. */
export { run } from './run.ts'
export { validateRunConfig } from './validate-run-config.ts'
