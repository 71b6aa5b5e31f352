import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { inject } from 'vitest'
import { forwardTemporalLog } from '../cli/temporal-log.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { createApp } from '../api/app.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { type EmbeddedStoreProcess, startEmbeddedStore } from '../metadata/embedded-store-process.ts'
import { storeFolder } from '../metadata/embedded-store-server.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Backfill } from '../metadata/stores/backfill-store.ts'
import type { RunEvent } from '../metadata/stores/event-store.ts'
import type { Materialization } from '../metadata/stores/materialization-store.ts'
import type { NewRun, Run } from '../metadata/stores/run-store.ts'
import type { StepRecord } from '../metadata/stores/step-store.ts'
import { openStore } from '../metadata/open-store.ts'
import { planRun } from '../planning/plan-run.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import { type BackfillLauncher, type BackfillRequest, createBackfillLauncher } from '../temporal/backfill-launcher.ts'
import { createScheduleControl, type ScheduleControl } from '../temporal/schedule-control.ts'
import { createSensorControl, type SensorControl } from '../temporal/sensor-control.ts'
import { createRunLauncher, type LaunchRequest, type RunLauncher } from '../temporal/run-launcher.ts'
import { backfillWorkflowId, runWorkflowId } from '../workflows/names.ts'
import { type RunningWorker, startWorker, type WorkerOptions } from '../worker.ts'

/**
 * What a run needs, without the command line around it: the store in a process of its own, a connection to the shared
 * Temporal server, a launcher, and workers in this process. One a test file.
 */
export class DurableStack {
  readonly folder: string
  readonly codeLocation: string
  readonly store: MetadataStore
  readonly storeUrl: string
  readonly client: Client
  readonly launcher: RunLauncher
  readonly backfills: BackfillLauncher
  readonly schedules: ScheduleControl
  readonly sensors: SensorControl
  readonly #storeProcess: EmbeddedStoreProcess
  readonly #native: NativeConnection
  readonly #workers: RunningWorker[] = []

  private constructor(
    parts: Pick<DurableStack, 'folder' | 'codeLocation' | 'store' | 'client'> & {
      storeProcess: EmbeddedStoreProcess
      native: NativeConnection
    },
  ) {
    this.folder = parts.folder
    this.codeLocation = parts.codeLocation
    this.store = parts.store
    this.storeUrl = parts.storeProcess.url
    this.client = parts.client
    this.launcher = createRunLauncher({ store: parts.store, client: parts.client })
    this.backfills = createBackfillLauncher({ store: parts.store, client: parts.client })
    this.schedules = createScheduleControl({ store: parts.store, client: parts.client })
    this.sensors = createSensorControl({ store: parts.store, client: parts.client })
    this.#storeProcess = parts.storeProcess
    this.#native = parts.native
  }

  /** @param codeLocation - a name that no other test file uses */
  static async start(codeLocation: string, address = inject('temporalAddress')): Promise<DurableStack> {
    // What a failed step or run says is expected here, and recorded; an error of the SDK itself is not.
    forwardTemporalLog(({ isError, message, fields }) => isError && console.error(message, fields))
    const folder = await mkdtemp(join(tmpdir(), 'assetry-durable-'))
    process.env['ASSETRY_HOME'] = folder
    await cp(inject('emptyStore'), storeFolder(folder), { recursive: true })
    const [storeProcess, connection, native] = await Promise.all([
      startEmbeddedStore({ home: folder }),
      Connection.connect({ address }),
      NativeConnection.connect({ address }),
    ])
    const client = new Client({ connection, namespace: inject('temporalNamespace') })
    return new DurableStack({ folder, codeLocation, store: await openStore({ url: storeProcess.url }), client, storeProcess, native })
  }

  /** Starts a worker in this process. A code location that a test has for itself keeps its steps from other tests' workers. */
  async startWorker(definitions: Definitions, options: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
    const worker = await startWorker({
      definitions,
      store: this.store,
      connection: this.#native,
      namespace: this.client.options.namespace,
      codeLocation: this.codeLocation,
      shutdownGrace: '1 second',
      warn: (message, error) => console.error(message, error),
      ...options,
    })
    this.#workers.push(worker)
    return worker
  }

  /** The HTTP API on this stack, without a port. */
  app(): ReturnType<typeof createApp> {
    const { store, launcher, backfills, schedules, sensors } = this
    return createApp({ store, launcher, backfills, schedules, sensors, version: '0.0.0' })
  }

  /** Starts a run of assets or a job, and gives its id. */
  async launch(request: LaunchRequest | string): Promise<string> {
    const asked = typeof request === 'string' ? { selection: request } : request
    return (await this.launcher.launch({ codeLocation: this.codeLocation, ...asked })).run.runId
  }

  async runToEnd(request: LaunchRequest | string): Promise<RunRecord> {
    return await this.ended(await this.launch(request))
  }

  /** Starts a backfill, and gives its id. */
  async backfill(request: BackfillRequest): Promise<string> {
    return (await this.backfills.launch({ codeLocation: this.codeLocation, ...request })).backfill.backfillId
  }

  /** Waits for the end of a backfill's workflow, and reads how it ended. */
  async backfillEnded(backfillId: string): Promise<Backfill> {
    await this.client.workflow.getHandle(backfillWorkflowId(backfillId)).result()
    const backfill = await this.store.backfills.get(backfillId)
    if (backfill === undefined) throw new Error(`backfill ${backfillId} is not recorded`)
    return backfill
  }

  /** Waits for the end of a run's workflow, and reads what is recorded. */
  async ended(runId: string): Promise<RunRecord> {
    const failure = await this.workflow(runId)
      .result()
      .then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof WorkflowFailedError) return error
          throw error
        },
      )
    return await this.record(runId, failure)
  }

  async record(runId: string, failure?: WorkflowFailedError): Promise<RunRecord> {
    const run = await this.store.runs.get(runId)
    if (run === undefined) throw new Error(`run ${runId} is not recorded`)
    const [steps, events, materializations] = await Promise.all([
      this.store.steps.list(runId),
      this.store.events.list(runId, { after: 0, limit: 100_000 }),
      this.store.materializations.ofRun(runId),
    ])
    return runRecord({ run, steps, events, materializations, failure })
  }

  workflow(runId: string): WorkflowHandle {
    return this.client.workflow.getHandle(runWorkflowId(runId))
  }

  /** Files of an asset's value: one where it is stored, none where it is not; what a broken-off write left would be here too. */
  async storedFiles(key: AssetKey): Promise<readonly string[]> {
    return await readdir(join(this.folder, 'storage', key)).catch(() => [])
  }

  /** Records a run as a launch does, but starts no workflow. */
  async recordRun(
    definitions: Definitions,
    { codeLocation, assetKeys }: { codeLocation?: string; assetKeys: readonly AssetKey[] },
  ): Promise<Run> {
    const name = codeLocation ?? this.codeLocation
    const snapshot = await snapshotOf(definitions)
    const created = await this.store.runs.create({
      ...blankRun,
      runId: crypto.randomUUID(),
      codeLocation: name,
      snapshotHash: await this.store.codeLocations.register(name, snapshot),
      selection: assetKeys.join(' or '),
      plan: planRun(snapshot, assetKeys),
    })
    return created.run
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.shutdown()))
    await this.#native.close()
    await this.client.connection.close()
    await this.store.close()
    await this.#storeProcess.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

const blankRun = {
  jobName: null,
  runConfig: {},
  tags: {},
  partitionKey: null,
  idempotencyKey: null,
  requestHash: null,
} satisfies Partial<NewRun>

/** All that is known of a run. */
export interface RunRecord extends RecordedRun {
  /** The status of each step, by its key. */
  readonly statuses: Readonly<Record<string, string>>
  readonly materialized: readonly AssetKey[]
  readonly step: (key: string) => StepRecord
  /** What happened to a step, in order, each with the number of the attempt: `STEP_START 1`. */
  readonly story: (stepKey: string) => readonly string[]
  readonly eventsOf: (type: RunEvent['type']) => readonly RunEvent[]
}

interface RecordedRun {
  readonly run: Run
  readonly steps: readonly StepRecord[]
  readonly events: readonly RunEvent[]
  readonly materializations: readonly Materialization[]
  /** What Temporal says of a workflow that did not complete. */
  readonly failure: WorkflowFailedError | undefined
}

function runRecord(recorded: RecordedRun): RunRecord {
  const { steps, events, materializations } = recorded
  const ofStep = (key: string): readonly RunEvent[] => events.filter((event) => event.stepKey === key && event.type !== 'LOG')
  return {
    ...recorded,
    statuses: Object.fromEntries(steps.map((step) => [step.stepKey, step.status])),
    materialized: materializations.map((each) => each.assetKey).sort(),
    step: (key) => found(steps, key),
    story: (key) => ofStep(key).map((event) => `${event.type} ${event.attempt}`),
    eventsOf: (type) => events.filter((event) => event.type === type),
  }
}

function found(steps: readonly StepRecord[], key: string): StepRecord {
  const step = steps.find((each) => each.stepKey === key)
  if (step === undefined) throw new Error(`step ${key} is not among those recorded: ${steps.map((each) => each.stepKey).join(', ')}`)
  return step
}

/** Something that is waited for and opened by hand, so that a test decides when a step goes on. */
export class Gate {
  readonly opened: Promise<void>
  #open: () => void = () => undefined

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  open(): void {
    this.#open()
  }
}
