import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import packageJson from '../package.json' with { type: 'json' }
import { forwardTemporalLog } from '../cli/temporal-log.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { openEmbeddedStore } from '../metadata/open-store.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import { tellFreshness } from '../temporal/freshness-workflow.ts'
import { ensureTemporalCli } from '../temporal/cli/ensure-temporal-cli.ts'
import { connectTemporal, type TemporalConnection } from '../temporal/connection.ts'
import { embeddedServerEnvironment, embeddedServerFlags } from '../temporal/embedded-server-flags.ts'
import { freePort } from '../temporal/free-port.ts'
import { type GuardedProcess, startGuarded } from '../temporal/guarded-process.ts'
import { type BackfillLauncher, createBackfillLauncher } from '../temporal/backfill-launcher.ts'
import { createSensorControl } from '../temporal/sensor-control.ts'
import { createRunLauncher, type LaunchRequest, type RunLauncher } from '../temporal/run-launcher.ts'
import {
  backfillWorkflowId,
  freshnessWorkflowId,
  runWorkflowId,
  scheduleTickWorkflowType,
  sensorWorkflowId,
  taskQueueOf,
} from '../workflows/names.ts'
import { startWorker } from '../worker.ts'
import { projectRoot } from './project-root.ts'
import { endlessRuns, recordedDefinitions } from './recorded-definitions.ts'

/**
 * `npm run record-histories`: runs each kind of run once, and keeps the histories of their workflows for the replay test,
 * under the package's version. Histories of versions that were published stay as they are.
 */

/** Events after which Temporal suggests to continue as new; by itself 4,096, which makes histories of a megabyte. */
const suggestContinueAsNewAt = 60

const target = join(projectRoot, 'tests/replay/histories', packageJson.version)
const folder = await mkdtemp(join(tmpdir(), 'assetry-histories-'))
process.env['ASSETRY_HOME'] = folder

async function record(): Promise<void> {
  forwardTemporalLog(({ message }) => console.error(message))
  const { server, address } = await startServer()
  const store = await openEmbeddedStore({ folder: join(folder, 'store') })
  const temporal = await connectTemporal({ address })
  try {
    await new Recorder(store, temporal).all()
  } finally {
    await temporal.close()
    await store.close()
    await server.stop()
  }
}

async function startServer(): Promise<{ readonly server: GuardedProcess; readonly address: string }> {
  const cli = await ensureTemporalCli()
  const port = await freePort()
  const output = await open(join(folder, 'temporal.log'), 'a')
  const server = await startGuarded({
    command: cli.path,
    args: [
      ...embeddedServerFlags({ folder, port, uiPort: await freePort() }),
      '--dynamic-config-value',
      `limit.historyCount.suggestContinueAsNew=${suggestContinueAsNewAt}`,
    ],
    environment: embeddedServerEnvironment(folder),
    outputFile: output.fd,
  })
  await output.close()
  return { server, address: `127.0.0.1:${port}` }
}

class Recorder {
  readonly #store: MetadataStore
  readonly #temporal: TemporalConnection
  readonly #launcher: RunLauncher
  readonly #backfills: BackfillLauncher

  constructor(store: MetadataStore, temporal: TemporalConnection) {
    this.#store = store
    this.#temporal = temporal
    this.#launcher = createRunLauncher({ store, client: temporal.client })
    this.#backfills = createBackfillLauncher({ store, client: temporal.client })
  }

  async all(): Promise<void> {
    await this.#store.codeLocations.register('default', await snapshotOf(recordedDefinitions))
    const early = await this.#launchCancelled('group:many')
    const connection = await NativeConnection.connect({ address: this.#temporal.address })
    const { namespace } = this.#temporal
    const worker = await startWorker({ definitions: recordedDefinitions, store: this.#store, connection, namespace, shutdownGrace: 0 })
    await this.#keep('cancelled-before-its-plan-was-read', early)
    await this.#keep('success', await this.#launch({ job: 'report' }))
    await this.#keep('failure-with-skips', await this.#launch({ selection: 'group:broken' }))
    await this.#keep('plan-read-in-pages', await this.#launch({ selection: 'group:many' }))
    await this.#keep('continued-as-new', await this.#launch({ selection: 'group:chain' }))
    await this.#keep('observation-multi-asset-and-checks', await this.#launch({ selection: 'group:model' }))
    await this.#keep('maps-and-missing-outputs', await this.#launch({ job: 'mapped' }))
    await this.#keep('cancelled', await this.#cancelRunning())
    await this.#keep('config-checked', await this.#checkConfig())
    await this.#backfill()
    await this.#steeredBackfill()
    await this.#freshness()
    await this.#ticks()
    await worker.shutdown()
    await connection.close()
  }

  /** A sensor that is woken, continues as new and is stopped; a tick that waits for its run, and one that does not. */
  async #ticks(): Promise<void> {
    const { client } = this.#temporal
    const sensors = createSensorControl({ store: this.#store, client })
    const sensor = await sensors.find('told')
    const workflowId = sensorWorkflowId('default', 'told')
    await sensors.start(sensor)
    for (let event = 0; event < 12; event += 1) {
      await sensors.receive(sensor, [{ key: `event-${event}`, event: {} }])
      await wait(100)
    }
    await sensors.stop(sensor)
    await this.#keep('sensor', workflowId)
    for (const name of ['waiting', 'allowing']) {
      const tickId = `tick:default/${name}`
      await client.workflow.execute(scheduleTickWorkflowType, {
        workflowId: tickId,
        taskQueue: taskQueueOf('default'),
        args: [{ codeLocation: 'default', name, scheduledAt: '2026-01-01T06:00:00.000Z' }],
      })
      await this.#keep(`schedule-tick-${name}`, tickId)
    }
  }

  async #launch(request: LaunchRequest): Promise<string> {
    const { run } = await this.#launcher.launch(request)
    return runWorkflowId(run.runId)
  }

  async #launchCancelled(selection: string): Promise<string> {
    const { run } = await this.#launcher.launch({ selection })
    await this.#launcher.cancel(run.runId)
    return runWorkflowId(run.runId)
  }

  async #cancelRunning(): Promise<string> {
    const { run } = await this.#launcher.launch({ selection: 'endless+' })
    await endlessRuns
    await this.#launcher.cancel(run.runId)
    return runWorkflowId(run.runId)
  }

  /** One that continues as new, with a partition that fails; and a run of it. */
  async #backfill(): Promise<void> {
    const { backfill } = await this.#backfills.launch({ selection: 'group:days', concurrency: 1, partitionsPerStep: 1 })
    await this.#keep('backfill', backfillWorkflowId(backfill.backfillId))
    const { items } = await this.#store.runs.list({ backfillId: backfill.backfillId, statuses: ['FAILURE'] }, { limit: 1 })
    await this.#keep('run-of-a-backfill', runWorkflowId(items[0]?.runId ?? ''))
  }

  /** One that is paused, resumed, and cancelled. */
  async #steeredBackfill(): Promise<void> {
    const { backfill } = await this.#backfills.launch({ selection: 'days', concurrency: 1, partitionsPerStep: 1 })
    const { backfillId } = backfill
    while (((await this.#store.backfills.get(backfillId))?.assets[0]?.materialized ?? 0) === 0) await wait(5)
    await this.#backfills.pause(backfillId)
    await wait(500)
    await this.#backfills.setConcurrency(backfillId, 2)
    await this.#backfills.resume(backfillId)
    await this.#backfills.cancel(backfillId)
    await this.#keep('backfill-steered', backfillWorkflowId(backfillId))
  }

  /** From never updated to fresh to too old, continued as new, and ended because no asset has a policy any more. */
  async #freshness(): Promise<void> {
    const tell = (): Promise<void> => tellFreshness(this.#temporal.client, 'default')
    const { workflow } = this.#temporal.client
    const execution = async (): Promise<string> => (await workflow.getHandle(freshnessWorkflowId('default')).describe()).runId
    const first = await execution()
    await workflow.getHandle(await this.#launch({ selection: 'watched' })).result()
    while ((await this.#store.freshness.events('watched', { limit: 9 })).items.length < 3 || (await execution()) === first) {
      await tell()
      await wait(1_200)
    }
    const snapshot = await snapshotOf(recordedDefinitions)
    await this.#store.codeLocations.register('default', { ...snapshot, assets: snapshot.assets.filter((each) => !each.freshness) })
    await tell()
    await this.#keep('freshness', freshnessWorkflowId('default'))
  }

  async #checkConfig(): Promise<string> {
    const workflowId = 'validate:recorded'
    const args = [{ assetKeys: ['source'], runConfig: { assets: { sourc: {} } } }]
    await this.#temporal.client.workflow.execute('validateRunConfig', { workflowId, taskQueue: 'assetry:default', args })
    return workflowId
  }

  /** Keeps each execution of a workflow, first to last, in a file of its own. */
  async #keep(name: string, workflowId: string): Promise<void> {
    const { workflow } = this.#temporal.client
    await workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined)
    const histories = await executions((execution) => workflow.getHandle(workflowId, execution))
    for (const [index, history] of histories.entries()) {
      const file = histories.length === 1 ? `${name}.json` : `${name}-${index + 1}.json`
      await writeFile(join(target, file), history)
      console.log(`${file}: ${Math.ceil(history.length / 1_024)} KB`)
    }
  }
}

async function executions(handleOf: (execution?: string) => WorkflowHandle): Promise<readonly string[]> {
  const found: string[] = []
  let execution: string | undefined = (await handleOf().describe()).runId
  while (execution) {
    const history = await handleOf(execution).fetchHistory()
    found.unshift(`${anonymous(JSON.stringify(history))}\n`)
    execution = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined
  }
  return found
}

/** The history without what tells of this machine and replay doesn't need. */
function anonymous(history: string): string {
  const text = history.replaceAll(`${process.pid}@${hostname()}`, 'recorder')
  return JSON.stringify(
    JSON.parse(text, (key, value: unknown) => (key === 'stackTrace' ? '' : value)),
    null,
    1,
  )
}

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })
try {
  await record()
} finally {
  await rm(folder, { recursive: true, force: true })
}
