import type { AnyAsset } from '../definitions/asset.ts'
import type { CheckFacts, CheckOutcome, CheckSeverity, CheckSpec } from '../definitions/check-spec.ts'
import { AssetryError } from '../definitions/errors.ts'
import { metadataOf } from '../definitions/metadata-value.ts'
import { nearestText } from '../definitions/nearest.ts'
import type { EvaluatedCheck } from './step-outcome.ts'

/** What a check's function said, as it is recorded. @throws `CHECK_RESULT_INVALID` where it said neither yes nor no, or what no outcome has */
export function evaluatedCheck(assetKey: string, spec: CheckSpec, said: unknown): EvaluatedCheck {
  const owner = `check "${spec.name}" of asset "${assetKey}"`
  const facts = factsOf(owner, said)
  return {
    assetKey,
    checkName: spec.name,
    passed: facts.passed,
    severity: facts.severity ?? 'ERROR',
    blocking: spec.blocking,
    description: facts.description ?? null,
    metadata: metadataOf(owner, facts.metadata ?? {}),
  }
}

/**
 * What the function of an asset said of the checks that the asset declares.
 *
 * @throws `CHECK_UNDECLARED` for one that it doesn't declare, `CHECK_MISSING` for one that it declares and said nothing of
 */
export function reportedChecks(asset: AnyAsset, reported: Readonly<Record<string, CheckOutcome>>): readonly EvaluatedCheck[] {
  const names = asset.checks.map((spec) => spec.name)
  const undeclared = Object.keys(reported).find((name) => !names.includes(name))
  if (undeclared !== undefined) throw undeclaredCheck(asset.key, undeclared, names)
  return asset.checks.map((spec) => {
    const said = reported[spec.name]
    if (said === undefined) throw missingCheck(asset.key, spec.name)
    return evaluatedCheck(asset.key, spec, said)
  })
}

/** Why a step fails although what it made is recorded: a blocking check that did not pass. Undefined where none did. */
export function blockingFailure(checks: readonly EvaluatedCheck[]): AssetryError | undefined {
  const failed = checks.filter((check) => check.blocking && !check.passed && check.severity === 'ERROR')
  const [first] = failed
  if (first === undefined) return undefined
  const names = failed.map((check) => `"${check.checkName}"`).join(', ')
  const why = first.description === null ? '' : `: ${first.description}`
  return new AssetryError(
    'CHECK_FAILED',
    `Asset "${first.assetKey}" did not pass its blocking ${failed.length === 1 ? 'check' : 'checks'} ${names}${why}. ` +
      `What is downstream of it does not start in this run; the materialization that was checked stays recorded.`,
    { facts: { assetKey: first.assetKey, checks: failed.map((check) => check.checkName) } },
  )
}

function factsOf(owner: string, said: unknown): CheckFacts {
  if (typeof said === 'boolean') return { passed: said }
  if (typeof said === 'object' && said !== null && typeof (said as Partial<CheckFacts>).passed === 'boolean')
    return knownFacts(owner, said as CheckFacts)
  const shown = said === null || typeof said !== 'object' ? String(said) : 'an object without "passed"'
  throw invalidResult(owner, `${shown}, which says neither that it passed nor that it didn't`)
}

const factNames: readonly string[] = ['passed', 'severity', 'description', 'metadata'] satisfies readonly (keyof CheckFacts)[]
const severities: readonly unknown[] = [undefined, 'ERROR', 'WARN'] satisfies readonly (CheckSeverity | undefined)[]

/** A slip in `severity` would make a warning block; the compiler doesn't see a misspelt name in what a function returns. */
function knownFacts(owner: string, facts: CheckFacts): CheckFacts {
  const stranger = Object.keys(facts).find((name) => !factNames.includes(name))
  if (stranger !== undefined) throw invalidResult(owner, `"${stranger}", which is no part of an outcome`)
  if (!severities.includes(facts.severity))
    throw invalidResult(owner, `the severity ${String(facts.severity)}, which is neither 'ERROR' nor 'WARN'`)
  return facts
}

function invalidResult(owner: string, what: string): AssetryError {
  return new AssetryError(
    'CHECK_RESULT_INVALID',
    `${owner} returned ${what}. Return true, false or { passed, severity, description, metadata }.`,
    { facts: { owner } },
  )
}

function undeclaredCheck(assetKey: string, name: string, names: readonly string[]): AssetryError {
  return new AssetryError(
    'CHECK_UNDECLARED',
    `Asset "${assetKey}" reported the check "${name}", which it doesn't declare.${nearestText(name, names)} Declare it: asset({ checks: { ${name}: {} } }).`,
    { facts: { assetKey, name, names } },
  )
}

function missingCheck(assetKey: string, name: string): AssetryError {
  return new AssetryError(
    'CHECK_MISSING',
    `Asset "${assetKey}" declares the check "${name}" and said nothing of it. Return it: output(value, { checks: { ${name}: passed } }), or call context.reportCheck("${name}", passed).`,
    { facts: { assetKey, name } },
  )
}
