import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { type ApiServer, createApp, startApiServer } from '../../api/index.ts'
import { AssetryError, isAssetryError } from '../../definitions/errors.ts'
import { type EmbeddedStoreProcess, startEmbeddedStore } from '../../metadata/embedded-store-process.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { identityOf, type ProcessIdentity } from '../../metadata/process-identity.ts'
import { acquireProcessLock, type ProcessLock } from '../../metadata/process-lock.ts'
import { ensureTemporalCli } from '../../temporal/cli/ensure-temporal-cli.ts'
import { startTemporalServer, type TemporalServer } from '../../temporal/embedded-server.ts'
import { isPortFree } from '../../temporal/free-port.ts'
import { giveBackSteps } from '../../temporal/lost-worker.ts'
import { createRunLauncher } from '../../temporal/run-launcher.ts'
import { packageVersion } from '../package-root.ts'
import { type KeepingListener, KeptProcess } from './kept-process.ts'
import { outlive } from './predecessor.ts'
import { type SourceWatch, watchSources } from './source-watch.ts'
import type { Stack, StackEvent, StackOptions } from './stack.ts'
import { readStackState, removeStackState, type WorkerState, writeStackState } from './stack-state.ts'
import { WorkerProcess } from './worker-process.ts'

/** Time for another stack of this home to finish going, before its lock is taken for a living one. Unit: milliseconds. */
const lockPatienceMs = 3_000

/** What is there once Temporal and the store are up. */
interface Services {
  readonly temporal: TemporalServer
  readonly client: Client
  readonly connection: Connection
  readonly store: MetadataStore
  readonly storeUrl: string
}

/**
 * Supervises the processes of one project: the Temporal server, the metadata store, the worker; the API runs in this
 * process. Each may be killed at any moment, this one too: the next boot goes on where it was.
 */
export class EmbeddedStack {
  readonly #options: StackOptions
  readonly #temporal: KeptProcess<TemporalServer>
  readonly #store: KeptProcess<EmbeddedStoreProcess>
  readonly #worker: KeptProcess<WorkerProcess>
  readonly ended: Promise<void>
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined
  #lock: ProcessLock | undefined
  #services: Services | undefined
  #api: ApiServer | undefined
  #watch: SourceWatch | undefined
  #cli: { readonly path: string } | undefined
  #loading: WorkerProcess | undefined
  readonly #workers: WorkerState[] = []
  #reload: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(options: StackOptions) {
    this.#options = options
    this.ended = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.ended.catch(() => undefined)
    this.#temporal = new KeptProcess(() => this.#startTemporal(), this.#keeping('Temporal server'))
    this.#store = new KeptProcess(() => startEmbeddedStore({ home: options.home }), this.#keeping('metadata store'))
    this.#worker = new KeptProcess(() => this.#startWorker(), {
      ...this.#keeping('worker'),
      onEnded: (worker, how) => this.#workerEnded(worker, how),
    })
  }

  async boot(): Promise<Stack> {
    const { home, port } = this.#options
    await mkdir(home, { recursive: true, mode: 0o700 })
    this.#lock = await takeLock(home)
    if (port !== undefined && !(await isPortFree(port))) throw portInUse(port)
    const predecessor = await readStackState(home)
    if (predecessor !== undefined) await outlive(predecessor)
    this.#loading = this.#forkWorker()
    this.#services = await this.#startServices(this.#loading)
    const resumedRuns = await this.#takeOver(predecessor?.workers ?? [])
    this.#api = await this.#startApi(this.#services)
    await Promise.all([this.#writeState(), this.#worker.start()])
    if (this.#options.watch) this.#watch = watchSources(dirname(this.#options.definitionsFile), home, (files) => this.#changed(files))
    const { temporal } = this.#services
    return {
      url: this.#api.url,
      temporalUiUrl: temporal.uiUrl,
      temporalAddress: temporal.address,
      resumedRuns,
      stop: () => this.stop(),
      ended: this.ended,
    }
  }

  /** Stops in the order in which each can still say its last word: worker, API, store, Temporal. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    await this.#watch?.close()
    await this.#reload
    this.#loading?.kill()
    await Promise.all([this.#worker.stop(), this.#api?.close()])
    await this.#services?.store.close()
    await this.#services?.connection.close()
    await Promise.all([this.#store.stop(), this.#temporal.stop()])
    if (this.#lock !== undefined) await removeStackState(this.#options.home)
    await this.#lock?.release()
    this.#settle?.resolve()
  }

  /** Definitions that can't be loaded end the boot at once, however long Temporal still takes. */
  async #startServices(worker: WorkerProcess): Promise<Services> {
    const loadFailed = worker.loaded.then(() => new Promise<never>(() => undefined))
    return Promise.race([loadFailed, this.#bootServices()])
  }

  async #bootServices(): Promise<Services> {
    const { onProgress } = this.#options
    this.#cli = await ensureTemporalCli({
      onProgress: ({ message, elapsed }) => onProgress(`${message} (${Math.round(elapsed / 1_000)} s)`),
    })
    onProgress('Starting Temporal and the metadata store')
    const [temporal, { url: storeUrl }] = await Promise.all([this.#temporal.start(), this.#store.start()])
    const [connection, store] = await Promise.all([Connection.connect({ address: temporal.address }), openStore({ url: storeUrl })])
    return { temporal, connection, client: new Client({ connection, namespace: temporal.namespace }), store, storeUrl }
  }

  /** Gives the steps of a killed stack's workers to this one's, and says which runs go on. */
  async #takeOver(workers: readonly WorkerState[]): Promise<readonly string[]> {
    const { store, client } = this.#required()
    for (const worker of workers) await giveBackSteps({ store, client }, worker.identity)
    return (await store.runs.open()).map((run) => run.runId)
  }

  #startTemporal(): Promise<TemporalServer> {
    const before = this.#temporal.current
    return startTemporalServer({
      cli: this.#cli ?? { path: 'temporal' },
      folder: join(this.#options.home, 'temporal'),
      // Workers and clients keep the address for life.
      ...(before === undefined ? {} : { port: before.port, uiPort: before.uiPort }),
    })
  }

  #startApi({ store, client, temporal }: Services): Promise<ApiServer> {
    const launcher = createRunLauncher({ store, client })
    const app = createApp({ store, launcher, version: packageVersion(), temporalUiUrl: temporal.uiUrl, namespace: temporal.namespace })
    return startApiServer({ app, port: this.#options.port ?? 0 })
  }

  #forkWorker(): WorkerProcess {
    const output = (line: string): void => this.#tell({ kind: 'output', line })
    return new WorkerProcess(this.#options.definitionsFile, this.#options.home, { onOutput: output, onWarning: output })
  }

  async #startWorker(): Promise<WorkerProcess> {
    const worker = this.#loading ?? this.#forkWorker()
    this.#loading = undefined
    const { temporal, storeUrl } = this.#required()
    try {
      await worker.loaded
      worker.start({ storeUrl, temporalAddress: temporal.address, namespace: temporal.namespace, codeLocation: this.#options.codeLocation })
      this.#workers.push({ identity: await worker.ready, process: await identityOf(worker.pid) })
    } catch (error) {
      worker.kill()
      throw error
    }
    void worker.exited.then(() => this.#forget(worker))
    await this.#writeState()
    return worker
  }

  /** The steps it had in hand go to the next worker at once: nobody has to wait for their heartbeats to be missed. */
  async #workerEnded(worker: WorkerProcess, how: unknown): Promise<void> {
    this.#tell({ kind: 'process-ended', process: 'worker', how: howText(how) })
    const { store, client } = this.#required()
    try {
      await giveBackSteps({ store, client }, await worker.ready)
    } catch (error) {
      this.#tell({ kind: 'output', line: `Steps of the ended worker wait for their heartbeat timeout: ${messageOf(error)}` })
    }
  }

  #forget(worker: WorkerProcess): void {
    const index = this.#workers.findIndex((each) => each.process.pid === worker.pid)
    if (index >= 0) this.#workers.splice(index, 1)
  }

  /** One reload after another; what fails to load leaves the worker before it at work. */
  #changed(files: readonly string[]): void {
    this.#reload = this.#reload.then(async () => {
      if (this.#stopped !== undefined) return
      const begun = Date.now()
      this.#tell({ kind: 'reloading', files })
      try {
        const worker = await this.#worker.replace()
        this.#tell({ kind: 'reloaded', ...(await worker.loaded), ms: Date.now() - begun })
      } catch (error) {
        this.#tell({ kind: 'load-failed', error: { code: isAssetryError(error) ? error.code : 'INTERNAL', message: messageOf(error) } })
      }
    })
  }

  #keeping(process: string): KeepingListener<unknown> {
    return {
      onEnded: (_ended, how) => this.#tell({ kind: 'process-ended', process, how: howText(how) }),
      onRestarted: () => {
        this.#tell({ kind: 'process-restarted', process })
        void this.#writeState()
      },
      onStartFailed: (error) => this.#tell({ kind: 'output', line: `The ${process} can't be started again: ${messageOf(error)}` }),
      onGivenUp: (error) => {
        this.#settle?.reject(error)
        void this.stop()
      },
    }
  }

  async #writeState(): Promise<void> {
    const supervisor = await identityOf(process.pid)
    await writeStackState(this.#options.home, {
      supervisor,
      ...(this.#api === undefined ? {} : { url: this.#api.url }),
      ...(this.#services === undefined
        ? {}
        : { temporalUiUrl: this.#services.temporal.uiUrl, temporalAddress: this.#services.temporal.address }),
      ...(await identityUnder('temporal', this.#temporal.current)),
      ...(await identityUnder('store', this.#store.current)),
      workers: [...this.#workers],
    })
  }

  #required(): Services {
    if (this.#services === undefined) throw new AssetryError('INTERNAL', 'The embedded stack was used before it had booted.')
    return this.#services
  }

  #tell(event: StackEvent): void {
    this.#options.onEvent?.(event)
  }
}

async function identityUnder<TName extends string>(
  name: TName,
  process: { readonly pid: number } | undefined,
): Promise<{ readonly [K in TName]?: ProcessIdentity }> {
  if (process === undefined) return {}
  return { [name]: await identityOf(process.pid) } as { readonly [K in TName]: ProcessIdentity }
}

async function takeLock(home: string): Promise<ProcessLock> {
  const outcome = await acquireProcessLock({ path: join(home, 'stack.lock'), waitMs: lockPatienceMs })
  if (outcome.kind === 'acquired') return outcome.lock
  throw new AssetryError(
    'STORE_LOCKED',
    `Process ${outcome.pid} works on ${home} already. Use it, or stop it first: two on one folder would lose data.`,
    {
      facts: { home, pid: outcome.pid },
    },
  )
}

function portInUse(port: number): AssetryError {
  return new AssetryError(
    'PORT_IN_USE',
    `Port ${port} of 127.0.0.1 is in use by another program. End that program, or choose another port: assetry dev -p ${port + 1}`,
    {
      facts: { port },
    },
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** How a process ended, in words: an exit code or a signal, as each kind of process gives it. */
function howText(how: unknown): string {
  return typeof how === 'string' || typeof how === 'number' ? String(how) : JSON.stringify(how)
}
