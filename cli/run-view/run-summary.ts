import type { RecordedError as WireError, RunDetail, RunStep, StepStatus } from '../../client/index.ts'
import type { RecordedError as StoredError } from '../../metadata/stores/recorded-error.ts'
import { durationText } from '../duration-text.ts'
import { excerpt } from '../error-report.ts'
import { countText, highlights, numberText, rowsText, wholeEntries } from '../metadata-text.ts'
import { shortRunId } from '../run-id.ts'
import { userFrame } from '../source-location.ts'
import { table, type TableColumn } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { cutFront, wrapped } from '../text.ts'
import { checkText, checkWord } from './check-text.ts'
import { errorTitle } from './recorded-error-text.ts'
import { inStepText, madeText, metadataOf, nothingFound, type StepFindings, stepFindings, versionText } from './step-findings.ts'
import { skipText } from './skip-text.ts'
import { statusColor } from './status-color.ts'
import { widestKey } from './step-line.ts'

/** How a summary is laid out. */
export interface SummaryLayout {
  readonly colors: Colors
  readonly columns: number
}

/** Steps that the summary of a run lists; of more, those that need attention first. */
const listedSteps = 30

/** Most failures a summary tells in full. */
const toldFailures = 5

/** The steps of a run as a table; of a large run, those that need attention first. */
export function stepTable(run: RunDetail, layout: SummaryLayout): string {
  const left = run.steps.length - listedSteps
  if (left <= 0) return wholeStepTable(run, layout)
  const steps = [...run.steps].sort((one, other) => rank(one.status) - rank(other.status)).slice(0, listedSteps)
  const more = layout.colors.dim(`and ${numberText(left)} more: assetry run show ${shortRunId(run.runId)}\n`)
  return `${wholeStepTable({ ...run, steps }, layout)}${more}`
}

/** All steps of a run as a table, in the order of the plan. */
export function wholeStepTable(run: RunDetail, { colors, columns }: SummaryLayout): string {
  return table(run.steps, columnsOf(run, colors), { columns, title: colors.dim })
}

/** The failures of a run: what was thrown, and the user's line that threw it. */
export function failureTexts(run: RunDetail, layout: SummaryLayout): string {
  const failed = run.steps.filter((step) => step.status === 'FAILURE')
  const told = failed.slice(0, toldFailures).map((step) => failureText(step, layout))
  const left = failed.length - told.length
  if (left > 0) told.push(layout.colors.dim(`and ${numberText(left)} more failed\n`))
  return told.join('\n')
}

/** One sentence on how the run ended. */
export function outcomeLine(run: RunDetail, colors: Colors): string {
  const count = (status: StepStatus): number => run.steps.filter((step) => step.status === status).length
  const parts = [
    `${numberText(count('SUCCESS'))} of ${numberText(run.steps.length)} ${onlyMaterializes(run) ? 'materialized' : 'steps done'}`,
    ...(['FAILURE', 'SKIPPED', 'CANCELED'] as const)
      .filter((status) => count(status) > 0)
      .map((status) => `${numberText(count(status))} ${words[status]}`),
    ...checksPart(run),
  ]
  const time = durationOf(run)
  const status = statusColor(run.status, colors)(colors.bold(run.status))
  return `${status}  ${parts.join(', ')}${time === null ? '' : ` in ${durationText(time)}`}${run.endReason === null ? '' : ` (${run.endReason})`}`
}

function checksPart({ checks }: RunDetail): readonly string[] {
  const left = checks.filter((check) => !check.passed)
  return left.length === 0 ? [] : [`${countText(left.length, 'check')} not passed`]
}

/** Whether each step stands for one asset that it makes, or one partition of it. */
function onlyMaterializes({ steps, partitions }: RunDetail): boolean {
  return partitions === null && steps.every((step) => step.kind === 'materialize')
}

/** Time from a run's start to its end; null until it has ended. Unit: milliseconds. */
export function durationOf(run: {
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
}): number | null {
  return run.endedAt === null ? null : Math.max(0, Date.parse(run.endedAt) - Date.parse(run.startedAt ?? run.createdAt))
}

const words = { FAILURE: 'failed', SKIPPED: 'skipped', CANCELED: 'canceled' } as const

const order: readonly StepStatus[] = ['FAILURE', 'UP_FOR_RETRY', 'STARTED', 'CANCELED', 'SKIPPED', 'WAITING', 'SUCCESS']

function rank(status: StepStatus): number {
  return order.indexOf(status)
}

function columnsOf(run: RunDetail, colors: Colors): readonly TableColumn<RunStep>[] {
  const found = stepFindings(run)
  const findingsOf = (step: RunStep): StepFindings => found.get(step.stepKey) ?? nothingFound
  return [
    { title: onlyMaterializes(run) ? 'ASSET' : 'STEP', text: (step) => cutFront(step.stepKey, widestKey), shrinks: true },
    {
      title: 'STATUS',
      text: (step) => statusText(step, findingsOf(step)),
      color: (text, step) => statusColor(statusText(step, findingsOf(step)), colors)(text),
    },
    { title: 'TIME', text: (step) => (step.durationMs === null ? '' : durationText(step.durationMs)), align: 'right' },
    { title: 'ROWS', text: (step) => rowsText(metadataOf(step, findingsOf(step))), align: 'right' },
    { title: 'METADATA', text: (step) => noteOf(step, findingsOf(step)), color: colors.dim, shrinks: true },
  ]
}

/** A check's step that was carried out shows what it found. */
function statusText({ kind, status }: RunStep, { checks: [check] }: StepFindings): string {
  return kind === 'check' && status === 'SUCCESS' && check !== undefined ? checkWord(check) : status
}

function noteOf(step: RunStep, findings: StepFindings): string {
  if (step.status === 'SKIPPED') return skipText(step)
  if (step.error !== null && step.status === 'FAILURE') return errorTitle(step.error).split('\n')[0] ?? ''
  const [check] = findings.checks
  if (step.kind === 'check') return check === undefined ? '' : checkText(check)
  return [versionText(findings), madeText(step, findings), highlights(metadataOf(step, findings)), inStepText(findings.checks)]
    .filter((text) => text !== '')
    .join('  ')
}

/** An error as the API answers it, or as it was made in this process. */
type RecordedError = WireError | StoredError

/** A step that failed, under its own key or its asset's. */
export interface FailedStep {
  readonly stepKey?: string
  readonly assetKey: string | null
  /** Attempts whose own code failed. @default 1 */
  readonly failures?: number
  readonly error: RecordedError | null
}

/** A failure of a step: what was thrown, what it says of itself, and the user's line that threw it. */
export function failureText({ stepKey, assetKey, failures = 1, error }: FailedStep, { colors, columns }: SummaryLayout): string {
  const attempts = failures > 1 ? ` after ${failures} attempts` : ''
  const lines = [`${colors.red('✗')} ${colors.bold(stepKey ?? assetKey ?? '')} failed${attempts}`]
  if (error !== null) lines.push(...errorLines(error, colors, columns))
  return `${lines.join('\n')}\n`
}

/** An error as it was recorded: message, metadata, causes, and the user's line. */
function errorLines(error: RecordedError, colors: Colors, columns: number): readonly string[] {
  const lines = [wrapped(errorTitle(error), columns, '  '), ...metadataLines(error, columns)]
  for (let cause: RecordedError | null = error.cause; cause !== null; cause = cause.cause) {
    lines.push(wrapped(colors.dim(`because: ${errorTitle(cause)}`), columns, '  '), ...metadataLines(cause, columns))
  }
  const location = frameOf(error)
  return location === undefined ? lines : [...lines, ...excerpt(location, colors, columns)]
}

function metadataLines({ metadata }: RecordedError, columns: number): readonly string[] {
  return wholeEntries(metadata ?? {}).map((entry) => wrapped(entry, columns, '    '))
}

function frameOf(error: RecordedError): ReturnType<typeof userFrame> {
  return (error.cause === null ? undefined : frameOf(error.cause)) ?? userFrame(error.stack ?? '')
}
