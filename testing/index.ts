export { buildAssetContext, type AssetContextOptions, type TestAssetContext } from './asset-context.ts'
export { materialize, type MaterializeOptions } from '../execution/materialize.ts'
export type { InProcessFailure, InProcessMaterialization, MaterializeResult } from '../execution/materialize-result.ts'
export { memoryIOManager } from '../io/memory.ts'
