import type { AnyAsset } from '../definitions/asset.ts'
import type { MultiAssetStep } from '../definitions/asset-origin.ts'
import type { CheckOutcome } from '../definitions/check-spec.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { MultiAssetContext } from '../definitions/multi-asset-context.ts'
import { didYouMean, nearestText } from '../definitions/nearest.ts'
import type { UserFunction } from './asset-work.ts'
import { loadInputs } from './asset-values.ts'
import { blockingFailure } from './check-evaluation.ts'
import { type InputVersions, inputVersionsOf } from './input-versions.ts'
import { type MadeAndChecked, madeAsset, refuseWrongFacts } from './made-asset.ts'
import { partitionedContext, type StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import { stepOutcome, type StepOutcome } from './step-outcome.ts'
import type { StepWork } from './step-work.ts'

/** A member of a multi-asset that the step makes. */
interface Member {
  readonly asset: AnyAsset
  /** Its name in what the function returns. */
  readonly output: string
}

/** The step that makes several assets. They come all from one multi-asset; where it is subsettable they may be some of it. */
export function multiAssetWork(assets: readonly AnyAsset[]): StepWork {
  const { step, members } = membersOf(assets)
  const [first] = members
  const owner = `multi-asset "${step.name}"`
  return {
    owner,
    computation: first.asset,
    configAt: ['assets', step.name],
    perform: async (host, parts) => {
      const inputVersions = await inputVersionsOf(host, first.asset)
      const inputs = await loadInputs(host, { owner, assetKey: first.asset.key }, first.asset.inputs)
      const said = members.map((member): Said => ({ ...member, added: {}, checks: {} }))
      const returned: unknown = await (step.materialize as UserFunction)(inputs, contextOf(owner, host, parts, said))
      host.signal.throwIfAborted()
      return await saved(host, { step, said, returned: await settled(recordOf(step, returned)), added: parts.added, inputVersions })
    },
  }
}

/** A member with what the function said of it through its context. */
interface Said extends Member {
  readonly added: Record<string, MetadataInput>
  readonly checks: Record<string, CheckOutcome>
}

interface Returned {
  readonly step: MultiAssetStep
  readonly said: readonly Said[]
  readonly returned: Readonly<Record<string, unknown>>
  /** Metadata for each of them. */
  readonly added: Readonly<Record<string, MetadataInput>>
  readonly inputVersions: InputVersions
}

async function saved(host: StepHost, { step, said, returned, added, inputVersions }: Returned): Promise<StepOutcome> {
  refuseStrangers(step, said, returned)
  const leftOut = said.filter(({ output }) => isLeftOut(step, output, returned))
  const there = said.filter((each) => !leftOut.includes(each))
  const given = there.map(({ asset, output, checks, added: own }) => ({
    asset,
    value: { returned: returned[output], added: { ...added, ...own }, checks, inputVersions },
  }))
  for (const { asset, value } of given) refuseWrongFacts(asset, value)
  const results: MadeAndChecked[] = []
  for (const { asset, value } of given) results.push(await madeAsset(host, asset, value))
  const evaluated = results.flatMap((result) => result.checks)
  return stepOutcome({
    made: results.map(({ made }) => made),
    checks: evaluated,
    outputs: leftOut.length === 0 ? undefined : { missing: leftOut.map(({ asset }) => asset.key) },
    failure: blockingFailure(evaluated),
  })
}

function membersOf(assets: readonly AnyAsset[]): { readonly step: MultiAssetStep; readonly members: readonly [Member, ...Member[]] } {
  const origins = assets.map((asset) => ({ asset, origin: asset.origin }))
  const members = origins.flatMap(({ asset, origin }) => (origin.kind === 'multi-asset' ? [{ asset, output: origin.output }] : []))
  const step = origins.map(({ origin }) => (origin.kind === 'multi-asset' ? origin.step : undefined)).find((each) => each !== undefined)
  const [first, ...others] = members
  if (step !== undefined && first !== undefined && members.length === assets.length) return { step, members: [first, ...others] }
  const keys = assets.map((asset) => asset.key)
  throw new AssetryError(
    'UNKNOWN_STEP',
    `${keys.join(', ')} are not made by one multi-asset any more, though the run was planned so. Was it changed while the run went on?`,
    { facts: { assetKeys: keys } },
  )
}

function contextOf(owner: string, host: StepHost, parts: StepContextParts, said: readonly Said[]): MultiAssetContext {
  const ofOutput = (output: string): Said => {
    const found = said.find((each) => each.output === output)
    if (found !== undefined) return found
    throw unknownOutput(owner, output, said)
  }
  return partitionedContext(owner, host, parts, {
    selectedOutputs: said.map(({ output }) => output),
    addMetadata: (metadata: Readonly<Record<string, MetadataInput>>, output?: string) =>
      void Object.assign(output === undefined ? parts.added : ofOutput(output).added, metadata),
    reportCheck: (name: string, outcome: CheckOutcome, output: string) => void (ofOutput(output).checks[name] = outcome),
  })
}

function unknownOutput(owner: string, output: string, said: readonly Said[]): AssetryError {
  const names = said.map((each) => each.output)
  return new AssetryError(
    'OUTPUT_UNKNOWN',
    `${owner} spoke of an output "${output}". ${didYouMean(output, 'outputs of this run', names)}`,
    {
      facts: { owner, output },
    },
  )
}

function recordOf(step: MultiAssetStep, returned: unknown): Readonly<Record<string, unknown>> {
  if (typeof returned === 'object' && returned !== null && !Array.isArray(returned)) return returned as Readonly<Record<string, unknown>>
  const names = Object.keys(step.outputs).join(', ')
  throw new AssetryError(
    'OUTPUT_NOT_RETURNED',
    `Multi-asset "${step.name}" returned ${returned === null ? 'null' : typeof returned}, not an object with its outputs by name: { ${names} }.`,
    { facts: { multiAsset: step.name } },
  )
}

/** Each output may be a promise of its own. */
async function settled(record: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  return Object.fromEntries(await Promise.all(Object.entries(record).map(async ([name, value]) => [name, await value] as const)))
}

/** An optional output is left out by not returning it, or by returning nothing for it; of a required one nothing is a value. */
function isLeftOut(step: MultiAssetStep, output: string, returned: Readonly<Record<string, unknown>>): boolean {
  const isOptional = step.outputs[output]?.optional === true
  if (isOptional && returned[output] === undefined) return true
  if (Object.hasOwn(returned, output)) return false
  throw new AssetryError(
    'OUTPUT_NOT_RETURNED',
    `Multi-asset "${step.name}" did not return its output "${output}". Return it, or declare it optional: outputs: { ${output}: { optional: true } }.`,
    { facts: { multiAsset: step.name, output } },
  )
}

/** What is not one of its outputs is a slip; what was not selected would be stored without a record. */
function refuseStrangers(step: MultiAssetStep, members: readonly Member[], returned: Readonly<Record<string, unknown>>): void {
  const selected = new Set(members.map(({ output }) => output))
  const stranger = Object.keys(returned).find((name) => !selected.has(name) && returned[name] !== undefined)
  if (stranger === undefined) return
  const isOwn = Object.hasOwn(step.outputs, stranger)
  const why = isOwn
    ? `which this run did not select. Return only what context.selectedOutputs names`
    : `which it doesn't declare.${nearestText(stranger, Object.keys(step.outputs))} Declare it in outputs`
  throw new AssetryError('OUTPUT_UNKNOWN', `Multi-asset "${step.name}" returned "${stranger}", ${why}.`, {
    facts: { multiAsset: step.name, output: stranger },
  })
}
