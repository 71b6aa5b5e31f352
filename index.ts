/** What a project imports to declare its data: `import { asset, definitions } from 'assetry'`. */

// assets
export { asset, isAsset } from './definitions/asset.ts'
export type {
  AnyAsset,
  Asset,
  AssetDep,
  AssetInputs,
  AssetOptions,
  AssetResources,
  DirectCall,
  LoadedInputs,
  OutputOf,
  ResourceClients,
} from './definitions/asset.ts'
export type { AssetContext, RunContext } from './definitions/asset-context.ts'
export type { AssetKey } from './definitions/asset-key.ts'
export { input } from './definitions/input.ts'
export type { Input, InputOptions } from './definitions/input.ts'
export { asRows, asStream, onlyColumns } from './definitions/input-shape.ts'
export type { ColumnOf, InputShape, ItemOf, ShapedInput, WithColumns } from './definitions/input-shape.ts'
export { output } from './definitions/output.ts'
export type { Output, OutputFacts, ValueOf } from './definitions/output.ts'
export type { Kept, Stream } from './definitions/stream.ts'
export { MetadataValue } from './definitions/metadata-value.ts'
export type {
  ColumnLineage,
  ExplicitMetadataValue,
  Json,
  Metadata,
  MetadataEntry,
  MetadataInput,
  TableColumn,
  TableSchema,
} from './definitions/metadata-value.ts'
export type { Tags } from './definitions/tags.ts'
export type { Duration } from './definitions/duration.ts'
export type { RetryOptions, RetryPolicy } from './definitions/retry-policy.ts'
export { Failure, isFailure } from './definitions/failure.ts'
export type { LogFields, Logger, LogLevel } from './definitions/logger.ts'

// config, resources and IO managers
export type { ConfigInput, ConfigOf, ConfigSchema, RunConfig } from './definitions/config.ts'
export { env } from './definitions/env.ts'
export type { EnvVariable, WithEnv } from './definitions/env.ts'
export { resource } from './definitions/resource.ts'
export type { AnyResource, ClientOf, ConfiguredResource, Resource, ResourceOptions } from './definitions/resource.ts'
export { ioManager } from './definitions/io-manager.ts'
export type { IOManager, IOManagerOptions, LoadContext, SaveContext, StoredValue } from './definitions/io-manager.ts'

// selections, jobs and the whole
export { AssetSelection, parseSelection, printSelection } from './definitions/asset-selection.ts'
export { assetJob } from './definitions/job.ts'
export type { AssetJobOptions, Job } from './definitions/job.ts'
export { definitions, isDefinitions } from './definitions/definitions.ts'
export type { Definitions, DefinitionsOptions } from './definitions/definitions.ts'

// in this process
export { materialize } from './execution/materialize.ts'
export type { MaterializeOptions } from './execution/materialize.ts'
export type { InProcessFailure, InProcessMaterialization, MaterializeResult } from './execution/materialize-result.ts'

// errors
export { AssetryError, isAssetryError } from './definitions/errors.ts'
export type { ErrorCode, ErrorFacts, Finding } from './definitions/errors.ts'
