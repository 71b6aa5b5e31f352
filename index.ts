/** What a project imports to declare its data: `import { asset, definitions } from 'assetry'`. */

// assets
export { asset, isAsset } from './definitions/asset.ts'
export type {
  AnyAsset,
  Asset,
  AssetDep,
  AssetInputs,
  AssetOptions,
  AssetSettings,
  BatchAssetOptions,
  DirectCall,
  InputsFor,
  LoadedInput,
  LoadedInputs,
  OutputOf,
  ValueFor,
} from './definitions/asset.ts'
export type { AssetOrigin, MultiAssetStep } from './definitions/asset-origin.ts'
export type { AssetResources, Computation, ResourceClients } from './definitions/computation.ts'
export type { AssetDescription } from './definitions/asset-description.ts'
export type { ComputationOptions } from './definitions/computation-options.ts'
export { partitionAt, partitionWindow } from './definitions/partitions/partition-window.ts'
export {
  type AtTime,
  firstPartition,
  hasPartition,
  lastPartition,
  partitionCount,
  partitionKeys,
} from './definitions/partitions/partition-keys.ts'
export { partitionKeyRange, type PartitionRange } from './definitions/partitions/partition-range.ts'
export type { PartitionsDefinition } from './definitions/partitions/partitions-definition.ts'
export type {
  DimensionSpec,
  DynamicPartitionsSpec,
  MultiPartitionsSpec,
  PartitionsSpec,
  StaticPartitionsSpec,
  TimePartitionsSpec,
  TimeWindow,
} from './definitions/partitions/partitions-spec.ts'
export type { DynamicKeys } from './definitions/partitions/dynamic-keys.ts'
export { dynamicPartitions } from './definitions/partitions/dynamic-partitions.ts'
export { multiPartitionKey, partitionDimensions } from './definitions/partitions/multi-partition-key.ts'
export { type Dimension, multiPartitions } from './definitions/partitions/multi-partitions.ts'
export { staticPartitions } from './definitions/partitions/static-partitions.ts'
export type { WindowOptions } from './definitions/partitions/window-options.ts'
export {
  cronPartitions,
  type CronPartitionsOptions,
  dailyPartitions,
  type DailyPartitionsOptions,
  type DayPartitionsOptions,
  hourlyPartitions,
  type HourlyPartitionsOptions,
  monthlyPartitions,
  weeklyPartitions,
} from './definitions/partitions/window-partitions.ts'
export { type BackfillPolicy, type BackfillPolicySpec, multiRun, type MultiRunOptions, singleRun } from './definitions/backfill-policy.ts'
export {
  applyFreshnessPolicy,
  type CronFreshnessOptions,
  FreshnessPolicy,
  type FreshnessPolicySpec,
  type TimeWindowFreshnessOptions,
} from './definitions/freshness-policy.ts'
export type { BatchInput, BatchInputs, BatchReturn, BatchValueOf, PartitionValues, ReturnFor } from './definitions/partition-batch.ts'
export type { PartitionMap } from './definitions/partition-map.ts'
export type { PartitionGives, PartitionMapping } from './definitions/partition-mappings/partition-mapping.ts'
export type {
  PartitionMappingFacts,
  PartitionMappingSpec,
  UpstreamKeysOf,
} from './definitions/partition-mappings/partition-mapping-spec.ts'
export {
  allPartitionsMapping,
  identityMapping,
  lastPartitionMapping,
  partitionMapping,
  type PartitionMappingOptions,
  specificPartitionsMapping,
  staticMapping,
  timeWindowMapping,
  type TimeWindowMappingOptions,
} from './definitions/partition-mappings/partition-mappings.ts'
export { downstreamPartitions, type UpstreamPartition } from './definitions/partition-mappings/downstream-partitions.ts'
export {
  type DownstreamPartition,
  upstreamPartitions,
  type UpstreamPartitions,
} from './definitions/partition-mappings/upstream-partitions.ts'
export { type DownstreamRange, upstreamRanges } from './definitions/partition-mappings/upstream-ranges.ts'
export type { PartitionContext } from './definitions/partition-context.ts'
export { multiAsset, isMultiAsset } from './definitions/multi-asset.ts'
export type { MultiAsset, MultiAssetOptions, MultiAssetOutput, MultiAssetOutputs } from './definitions/multi-asset.ts'
export type { MultiAssetContext } from './definitions/multi-asset-context.ts'
export { externalAsset } from './definitions/external-asset.ts'
export type { ExternalAssetOptions } from './definitions/external-asset.ts'
export { observableAsset } from './definitions/observable-asset.ts'
export type { ObservableAsset, ObservableAssetOptions, ObservationContext } from './definitions/observable-asset.ts'
export { observation } from './definitions/observation.ts'
export type { Observation, ObservationFacts, ObservationOutcome } from './definitions/observation.ts'
export { valueType } from './definitions/value-type.ts'
export type { ValueType } from './definitions/value-type.ts'
export type { AssetContext } from './definitions/asset-context.ts'
export type { RunContext, StepContext } from './definitions/step-context.ts'
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
export type { LogFields, Logger, LogLevel, LogSource } from './definitions/logger.ts'

// checks
export { assetCheck, isAssetCheck } from './definitions/asset-check.ts'
export type { AssetCheck, AssetCheckOptions, Checkable, CheckInputs } from './definitions/asset-check.ts'
export type { CheckContext, LatestRecord } from './definitions/check-context.ts'
export type { AssetChecks, CheckFacts, CheckOptions, CheckOutcome, CheckSeverity, CheckSpec } from './definitions/check-spec.ts'
// ops, graphs and what is made of them
export { isOp, op } from './definitions/op.ts'
export type { AnyOp, Op, OpOutput } from './definitions/op.ts'
export type { DirectRun, OpOptions } from './definitions/op-options.ts'
export type { NamedOutputs, OutputWires } from './definitions/op-outputs.ts'
export type { OpContext } from './definitions/op-context.ts'
export { dynamicOutput } from './definitions/dynamic-output.ts'
export type { DynamicOutput, OutputValue } from './definitions/dynamic-output.ts'
export type { Collected, InvocationOptions, MappedWire, MapResult, Predecessor, Wire } from './definitions/wire.ts'
export type { InputWire, InputWires, InvocationArguments } from './definitions/invocation.ts'
export { graph, isGraph } from './definitions/graph.ts'
export type { Graph, GraphOptions, GraphResult } from './definitions/graph.ts'
export { graphAsset } from './definitions/graph-asset.ts'
export type { AssetWires, GraphAssetOptions } from './definitions/graph-asset.ts'
export type { ComposedGraph, GraphNode, NodeInput, NodeOutput, WireSource } from './definitions/graph-node.ts'

// ready-made checks
export { freshnessCheck } from './definitions/freshness-check.ts'
export type { FreshnessCheckOptions } from './definitions/freshness-check.ts'
export { rowCountCheck } from './definitions/row-count-check.ts'
export type { RowCountCheckOptions } from './definitions/row-count-check.ts'
export { columnSchemaCheck } from './definitions/column-schema-check.ts'
export type { ColumnSchemaCheckOptions } from './definitions/column-schema-check.ts'
export type { ReadyMadeCheck, ReadyMadeCheckOptions } from './definitions/ready-made-check.ts'
export type { ColumnType, RowColumn } from './definitions/row-columns.ts'

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
export type { SelectionStatus } from './definitions/selection-syntax.ts'
export { assetJob } from './definitions/job.ts'
export { job } from './execution/executable-job.ts'
export type { ExecutableJob } from './execution/executable-job.ts'
export type { AssetJob, AssetJobOptions, GraphJob, GraphJobOptions, Job } from './definitions/job.ts'
export { definitions, isDefinitions } from './definitions/definitions.ts'
export type { Definitions, DefinitionsOptions } from './definitions/definitions.ts'

// in this process
export { materialize } from './execution/materialize.ts'
export type { MaterializeOptions } from './execution/materialize.ts'
export type { InProcessMaterialization, MaterializeResult } from './execution/materialize-result.ts'
export type { InProcessFailure, InProcessRetry } from './execution/in-process-record.ts'
export type { EvaluatedCheck, ObservedAsset } from './execution/step-outcome.ts'
export type { ExecuteInProcessOptions, ExecuteInProcessResult } from './execution/execute-in-process.ts'

// errors
export { AssetryError, isAssetryError } from './definitions/errors.ts'
export type { ErrorCode, ErrorFacts, Finding } from './definitions/errors.ts'

// what starts runs
export { isRunRequest, runRequest, type RunRequest, type RunRequestOptions } from './definitions/run-request.ts'
export { isSkip, skip, type Skip } from './definitions/skip.ts'
export type { TickItem, TickItems } from './definitions/tick-outcome.ts'
export { isSchedule, schedule, type Schedule, type ScheduleOptions } from './definitions/schedule.ts'
export { partitionedSchedule, type PartitionedScheduleOptions } from './definitions/partitioned-schedule.ts'
export type { ScheduleContext, ScheduleItem, ScheduleReturn } from './definitions/schedule-context.ts'
export type { AnyScheduleOptions, MissedTicks, Overlap } from './definitions/schedule-options.ts'
export type { CronTiming, IntervalTiming, ScheduleTiming, TimingOptions } from './definitions/schedule-timing.ts'
export { isSensor, sensor, type Sensor, type SensorOptions, type SensorResult, type SensorReturn } from './definitions/sensor.ts'
export type { ReceivedEvent, ReportedFacts, SensorContext, TickContext } from './definitions/sensor-context.ts'
export type { AnySensorOptions, InstigatorStatus, RunKeyOptions } from './definitions/sensor-options.ts'
export type { Target, TargetOptions } from './definitions/target.ts'
export type { SignatureStyle, WebhookSignature } from './definitions/webhook-signature.ts'
