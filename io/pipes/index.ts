/** Runs external programs that speak the Dagster Pipes protocol: `import { pipes } from 'assetry/pipes'`. */
export { pipes } from './pipes.ts'
export type { PipesOptions, PipesResult } from './pipes.ts'
