import { realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ApiServer, createApp, startApiServer } from '../../api/index.ts'
import { AssetryError, isAssetryError } from '../../definitions/errors.ts'
import { identityOf, type ProcessIdentity } from '../../metadata/process-identity.ts'
import { acquireProcessLock, type ProcessLock } from '../../metadata/process-lock.ts'
import { isPortFree } from '../../temporal/free-port.ts'
import { giveBackSteps } from '../../temporal/lost-worker.ts'
import { createBackfillLauncher } from '../../temporal/backfill-launcher.ts'
import { createScheduleControl } from '../../temporal/schedule-control.ts'
import { createSensorControl } from '../../temporal/sensor-control.ts'
import { createRunLauncher } from '../../temporal/run-launcher.ts'
import { packageVersion } from '../package-root.ts'
import { type KeepingListener, KeptProcess } from './kept-process.ts'
import { outlive } from './predecessor.ts'
import { findRunningStack } from './running-stack.ts'
import { type SourceWatch, watchSources } from './source-watch.ts'
import type { ResumedWork, Stack, StackEvent, StackOptions } from './stack.ts'
import { hasExternalTemporal, type ReachedServices, StackServices } from './stack-services.ts'
import { readStackState, removeStackState, type WorkerState, writeStackState } from './stack-state.ts'
import { WorkerProcess } from './worker-process.ts'

/** Time for another stack of this home to finish going, before its lock is taken for a living one. Unit: milliseconds. */
const lockPatienceMs = 3_000

/**
 * Supervises the processes of one project: the Temporal server, the metadata store, the worker; the API runs in this
 * process. Each may be killed at any moment, this one too: the next boot goes on where it was.
 */
export class EmbeddedStack {
  readonly #options: StackOptions
  readonly #services: StackServices
  readonly #worker: KeptProcess<WorkerProcess>
  readonly ended: Promise<void>
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined
  #lock: ProcessLock | undefined
  #reached: ReachedServices | undefined
  #api: ApiServer | undefined
  #watch: SourceWatch | undefined
  #loading: WorkerProcess | undefined
  readonly #workers: WorkerState[] = []
  #reload: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(options: StackOptions) {
    this.#options = options
    this.ended = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.ended.catch(() => undefined)
    const { home, onProgress } = options
    this.#services = new StackServices({ home, onProgress, keeping: (process) => this.#keeping(process) })
    this.#worker = new KeptProcess(() => this.#startWorker(), {
      ...this.#keeping('worker'),
      onEnded: (worker, how) => this.#workerEnded(worker, how),
    })
  }

  async boot(): Promise<Stack> {
    const { home, port } = this.#options
    // Of two stacks of one project it is the folder that is in the way; of two projects the port, and then nothing is made.
    if ((await findRunningStack(home)) === undefined) await refuseTakenPort(port)
    await mkdir(home, { recursive: true, mode: 0o700 })
    this.#lock = await takeLock(home)
    await refuseTakenPort(port)
    const predecessor = await readStackState(home)
    if (predecessor !== undefined) await outlive(predecessor)
    this.#loading = this.#forkWorker()
    this.#reached = await this.#startServices(this.#loading)
    const resumed = await this.#takeOver(predecessor?.workers ?? [])
    this.#api = await this.#startApi(this.#reached)
    await Promise.all([this.#writeState(), this.#worker.start()])
    if (this.#options.watch) this.#watch = watchSources(dirname(this.#options.definitionsFile), home, (files) => this.#changed(files))
    return {
      url: this.#api.url,
      temporalUiUrl: this.#reached.temporalUiUrl ?? '',
      temporalAddress: this.#reached.temporalAddress,
      resumed,
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
    await this.#services.stop()
    if (this.#lock !== undefined) await removeStackState(this.#options.home)
    await this.#lock?.release()
    this.#settle?.resolve()
  }

  /** Definitions that can't be loaded end the boot at once, however long Temporal still takes. */
  async #startServices(worker: WorkerProcess): Promise<ReachedServices> {
    const loadFailed = worker.loaded.then(() => new Promise<never>(() => undefined))
    return Promise.race([loadFailed, this.#services.boot()])
  }

  /** Gives the steps of a killed stack's workers to this one's, and says what goes on. */
  async #takeOver(workers: readonly WorkerState[]): Promise<ResumedWork> {
    const { store, client } = this.#required()
    for (const worker of workers) await giveBackSteps({ store, client }, worker.identity)
    const [runs, backfills] = await Promise.all([store.runs.open(), store.backfills.open()])
    return {
      runs: runs.filter((run) => run.backfillId === null).map((run) => run.runId),
      backfills: backfills.filter((backfill) => backfill.status !== 'PAUSED').map((backfill) => backfill.backfillId),
    }
  }

  #startApi({ store, client, temporalUiUrl, namespace }: ReachedServices): Promise<ApiServer> {
    const launcher = createRunLauncher({ store, client })
    const backfills = createBackfillLauncher({ store, client })
    const schedules = createScheduleControl({ store, client })
    const sensors = createSensorControl({ store, client })
    const app = createApp({ store, launcher, backfills, schedules, sensors, version: packageVersion(), temporalUiUrl, namespace })
    return startApiServer({ app, port: this.#options.port ?? 0 })
  }

  #forkWorker(): WorkerProcess {
    const output = (line: string): void => this.#tell({ kind: 'output', line })
    return new WorkerProcess(this.#options.definitionsFile, this.#options.home, { onOutput: output, onWarning: output })
  }

  async #startWorker(): Promise<WorkerProcess> {
    const worker = this.#loading ?? this.#forkWorker()
    this.#loading = undefined
    const { temporalAddress, namespace, storeUrl } = this.#required()
    try {
      await worker.loaded
      worker.start({
        storeUrl,
        ...(hasExternalTemporal() ? {} : { temporal: { address: temporalAddress, namespace } }),
        codeLocation: this.#options.codeLocation,
      })
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
      definitionsFile: realpathSync(this.#options.definitionsFile),
      ...(this.#api === undefined ? {} : { url: this.#api.url }),
      ...(this.#reached?.temporalUiUrl === undefined ? {} : { temporalUiUrl: this.#reached.temporalUiUrl }),
      ...(await identityUnder('temporal', this.#services.processes.temporal)),
      ...(await identityUnder('store', this.#services.processes.store)),
      workers: [...this.#workers],
    })
  }

  #required(): ReachedServices {
    if (this.#reached === undefined) throw new AssetryError('INTERNAL', 'The embedded stack was used before it had booted.')
    return this.#reached
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
  const url = (await findRunningStack(home))?.url
  const who =
    url === undefined
      ? `Process ${outcome.pid} works on ${home} already.`
      : `assetry already serves this project at ${url} (process ${outcome.pid}).`
  throw new AssetryError('STORE_LOCKED', `${who} Use it, or stop it first: two on one folder would lose data.`, {
    facts: { home, pid: outcome.pid, url: url ?? null },
  })
}

async function refuseTakenPort(port: number | undefined): Promise<void> {
  if (port !== undefined && !(await isPortFree(port))) throw portInUse(port)
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

/** How a process ended, in words: each kind of process says it in its own way. */
function howText(how: unknown): string {
  if (typeof how === 'string') return how
  if (typeof how === 'number') return `exit code ${how}`
  const { code, signal } = how as { readonly code?: number | null; readonly signal?: string | null }
  return signal ?? `exit code ${code ?? 'unknown'}`
}
