import { join } from 'node:path'
import type { Definitions } from '../definitions/definitions.ts'
import { recordedError } from '../activities/recorded-error.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { Metadata } from '../definitions/metadata-value.ts'
import { materializeDefinitions } from '../execution/materialize.ts'
import type { MaterializeResult } from '../execution/materialize-result.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import { filesystemIOManager } from '../io/filesystem.ts'
import type { RecordedError } from '../metadata/stores/recorded-error.ts'
import type { RunOptions } from './execute-run.ts'
import { durationText } from './duration-text.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { onInterrupt } from './interrupt.ts'
import { writeJson } from './json-output.ts'
import { loadDefinitions } from './load-definitions.ts'
import { countText, highlights, rowsText } from './metadata-text.ts'
import { checkRequest } from './preflight.ts'
import { openProject } from './project.ts'
import { runConfigArgument } from './run-config-argument.ts'
import { checkText, checkWord } from './run-view/check-text.ts'
import { failureText } from './run-view/run-summary.ts'
import { statusColor } from './run-view/status-color.ts'
import { table } from './table.ts'
import { colorsFor, columnsOf } from './terminal.ts'
import { withUserOutputOnStderr } from './user-output.ts'

/** Materializes a selection in this process: values are stored, but there is no Temporal, no retry of a lost process and no record. */
export async function materializeInProcess(selection: string, options: RunOptions): Promise<ExitCode> {
  const project = openProject(options)
  const definitions = await loadDefinitions(project.definitionsFile)
  const runConfig = options.config === undefined ? {} : runConfigArgument(options.config)
  const request = { selection, runConfig, ...(options.partition !== undefined && { partitionKey: options.partition }) }
  const secrets = await withUserOutputOnStderr(() => checkRequest(definitions, request))
  const stopped = new AbortController()
  const release = onInterrupt(() => stopped.abort('interrupted'))
  const timer = options.timeout === undefined ? undefined : setTimeout(() => stopped.abort('timed out'), options.timeout)
  const begun = Date.now()
  try {
    const result = await withUserOutputOnStderr(() =>
      materializeDefinitions(definitions, {
        selection,
        ioManager: ioManagerOf(definitions, project.home),
        raiseOnError: false,
        signal: stopped.signal,
        runConfig,
        ...(options.partition !== undefined && { partitionKey: options.partition }),
        ...(options.tag !== undefined && { tags: options.tag }),
      }),
    )
    return shown(result, failuresOf(result, secrets), { ms: Date.now() - begun, asJson: options.json === true })
  } catch (error) {
    if (stopped.signal.reason === 'interrupted') return exitCodes.interrupted
    if (stopped.signal.reason === 'timed out') throw timedOut(options.timeout ?? 0)
    throw error
  } finally {
    release()
    clearTimeout(timer)
  }
}

function ioManagerOf(definitions: Definitions, home: string): ReturnType<typeof filesystemIOManager> {
  return definitions.ioManager ?? filesystemIOManager({ folder: join(home, 'storage') })
}

function timedOut(timeoutMs: number): AssetryError {
  return new AssetryError(
    'WAIT_TIMED_OUT',
    `The assets were not made within ${durationText(timeoutMs)}, and the run ended with that: in this process there is nothing to take it up again.`,
    {
      facts: { timeoutMs },
    },
  )
}

/** A line of the table: an asset that was made, looked at, or left; or a check. */
interface ShownStep {
  readonly key: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'SKIPPED' | 'PASSED' | 'FAILED' | 'WARN'
  readonly metadata?: Metadata
  /** In place of the metadata. */
  readonly note?: string
}

/** A failure as a durable run would have recorded it. */
interface ShownFailure {
  readonly assetKey: string
  readonly error: RecordedError
}

function failuresOf(result: MaterializeResult, secrets: SecretMask): readonly ShownFailure[] {
  return result.failures.map(({ stepKey, error }) => ({ assetKey: stepKey, error: recordedError(error, secrets) }))
}

function shown(result: MaterializeResult, failures: readonly ShownFailure[], { ms, asJson }: { ms: number; asJson: boolean }): ExitCode {
  if (asJson) writeJson(documentOf(result, failures))
  else {
    process.stdout.write(stepTable(stepsOf(result)))
    process.stderr.write(`${failureTexts(failures)}\n${outcomeText(result, ms)}\n`)
  }
  return result.success ? exitCodes.done : exitCodes.failed
}

function stepsOf(result: MaterializeResult): readonly ShownStep[] {
  const failed = new Set(result.failures.map(({ stepKey }) => stepKey))
  const steps: readonly ShownStep[] = [
    ...result.skipped.map((key) => ({ key, status: 'SKIPPED' as const })),
    ...result.observations.map(({ assetKey, dataVersion, metadata }) => ({
      key: assetKey,
      status: 'SUCCESS' as const,
      note: [dataVersion === null ? '' : `version ${dataVersion}`, highlights(metadata)].filter((text) => text !== '').join('  '),
    })),
    ...result.materializations.map(({ assetKey, metadata }) => ({ key: assetKey, status: 'SUCCESS' as const, metadata })),
    ...result.checks.map((check) => ({ key: `${check.assetKey}:${check.checkName}`, status: checkWord(check), note: checkText(check) })),
  ]
  return [...[...failed].map((key) => ({ key, status: 'FAILURE' as const })), ...steps.filter(({ key }) => !failed.has(key))]
}

function stepTable(steps: readonly ShownStep[]): string {
  const colors = colorsFor(process.stdout)
  return table(
    steps,
    [
      { title: steps.some(({ key }) => key.includes(':')) ? 'STEP' : 'ASSET', text: (step) => step.key, shrinks: true },
      { title: 'STATUS', text: (step) => step.status, color: (text, step) => statusColor(step.status, colors)(text) },
      { title: 'ROWS', text: (step) => rowsText(step.metadata ?? {}), align: 'right' },
      { title: 'METADATA', text: (step) => step.note ?? highlights(step.metadata ?? {}), color: colors.dim, shrinks: true },
    ],
    { columns: columnsOf(process.stdout), title: colors.dim },
  )
}

function failureTexts(failures: readonly ShownFailure[]): string {
  const layout = { colors: colorsFor(process.stderr), columns: columnsOf(process.stderr) }
  return failures.map((failure) => `\n${failureText(failure, layout)}`).join('')
}

function outcomeText(result: MaterializeResult, ms: number): string {
  const colors = colorsFor(process.stderr)
  const status = result.success ? 'SUCCESS' : 'FAILURE'
  const failed = result.failures.length === 0 ? '' : `, ${result.failures.length} failed, ${result.skipped.length} skipped`
  const left = result.checks.filter((check) => !check.passed).length
  const checks = left === 0 ? '' : `, ${countText(left, 'check')} not passed`
  return `${statusColor(status, colors)(colors.bold(status))}  ${countText(result.materializations.length, 'asset')} materialized${failed}${checks} in ${durationText(ms)}, in this process`
}

function documentOf(result: MaterializeResult, failures: readonly ShownFailure[]): object {
  const { success, runId, materializations, observations, checks, skipped } = result
  return { success, runId, materializations, observations, checks, failures, skipped }
}
