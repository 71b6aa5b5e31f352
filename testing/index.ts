export { buildAssetContext, type AssetContextOptions, type TestAssetContext } from './asset-context.ts'
export { buildCheckContext, type CheckContextOptions } from './check-context.ts'
export {
  buildLoadContext,
  buildSaveContext,
  type LoadContextOptions,
  type SaveContextOptions,
  type TestSaveContext,
} from './io-context.ts'
export { buildMultiAssetContext, type MultiAssetContextOptions, type TestMultiAssetContext } from './multi-asset-context.ts'
export { buildOpContext, type OpContextOptions } from './op-context.ts'
export type { ContextRecord, StepContextOptions } from './step-context.ts'
export { materialize, type MaterializeOptions } from '../execution/materialize.ts'
export type { MaterializeResult, InProcessMaterialization } from '../execution/materialize-result.ts'
export type { InProcessFailure, InProcessRetry } from '../execution/in-process-record.ts'
export { memoryIOManager } from '../io/memory.ts'
