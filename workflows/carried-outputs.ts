import { ApplicationFailure } from '@temporalio/workflow'
import type { PlanStep, StepOutputs } from '../planning/run-plan.ts'
import type { GivenOutputs } from '../planning/run-progress.ts'
import { StepInstances } from '../planning/step-instances.ts'

/** What a step gave, in short: keys that are `0`, `1`, … to the last stand as their number. */
export interface ShortOutputs {
  readonly missing?: readonly string[]
  readonly mapped?: Readonly<Record<string, readonly string[] | number>>
}

/**
 * Number of a step that ended in an earlier execution, and what it gave; or, where all that was given is too much to carry, how
 * many characters that has: then it is read from the store.
 */
export type CarriedOutputs = readonly [instance: number, outputs: ShortOutputs | number]

/**
 * Most characters of outputs that a run carries when it continues as new. Its input is one payload, of which Temporal takes 2 MB;
 * states and skipped steps are in it, too.
 */
const carriedAtMost = 500_000

/** Outputs of fewer characters are carried in any case. */
const alwaysCarried = 40

/** Characters of outputs that are read at once, but for those of one step: the answer is a payload. */
const readAtOnce = 500_000

/** Steps whose outputs are read at once. */
const stepsAtOnce = 500

/** Outputs of the steps with these keys, in their order; null where none are recorded. */
export type ReadOutputs = (stepKeys: readonly string[]) => Promise<readonly (StepOutputs | null)[]>

/** What goes from one execution to the next of what steps gave. */
export function carriedOutputs(given: readonly GivenOutputs[]): readonly CarriedOutputs[] {
  const short = given.map(([instance, outputs]) => [instance, shortened(outputs)] as const)
  const sizes = short.map(([, outputs]) => JSON.stringify(outputs).length)
  if (sizes.reduce((sum, size) => sum + size, 0) <= carriedAtMost) return short
  return short.map((each, index) => {
    const size = sizes[index] ?? 0
    return size < alwaysCarried ? each : [each[0], size]
  })
}

/**
 * What steps gave in earlier executions, in the order in which they did. What was not carried is read, outer lists before those
 * within, because the keys of the steps in a list follow from it.
 *
 * @throws an `ApplicationFailure` of the type `OutputsLost` where the store has lost what a step gave
 */
export async function givenOutputs(
  carried: readonly CarriedOutputs[],
  steps: readonly PlanStep[],
  read: ReadOutputs,
): Promise<readonly GivenOutputs[]> {
  if (carried.every(isCarried)) return carried.map(([instance, outputs]) => [instance, whole(outputs)])
  const instances = new StepInstances(steps)
  const given: GivenOutputs[] = []
  while (given.length < carried.length) {
    const batch = nextBatch(carried, given.length, instances.count)
    for (const [instance, outputs] of await wholeBatch(batch, (each) => instances.stepOf(each).key, read)) {
      given.push([instance, outputs])
      instances.expand(instance, outputs)
    }
  }
  return given
}

async function wholeBatch(
  batch: readonly CarriedOutputs[],
  keyOf: (instance: number) => string,
  read: ReadOutputs,
): Promise<readonly GivenOutputs[]> {
  const missing = batch.flatMap((each) => (isCarried(each) ? [] : [keyOf(each[0])]))
  const found = missing.length === 0 ? [] : await read(missing)
  const byKey = new Map(missing.map((key, index) => [key, found[index]]))
  return batch.map((each) => {
    const outputs = isCarried(each) ? whole(each[1]) : byKey.get(keyOf(each[0]))
    if (!outputs) throw outputsLost(keyOf(each[0]))
    return [each[0], outputs]
  })
}

/** The next ones of which it is known which steps they are, as many as may be read at once; one at least. */
function nextBatch(carried: readonly CarriedOutputs[], from: number, known: number): readonly CarriedOutputs[] {
  let size = 0
  let end = from
  for (; end < carried.length && end - from < stepsAtOnce; end += 1) {
    const [instance, outputs] = carried[end] as CarriedOutputs
    size += typeof outputs === 'number' ? outputs : 0
    if (end > from && (instance >= known || size > readAtOnce)) break
  }
  return carried.slice(from, end)
}

function isCarried(carried: CarriedOutputs): carried is readonly [number, ShortOutputs] {
  return typeof carried[1] !== 'number'
}

function shortened({ missing, mapped }: StepOutputs): ShortOutputs {
  const short = Object.entries(mapped ?? {}).map(([output, keys]) => [output, isCount(keys) ? keys.length : keys] as const)
  return { ...(missing !== undefined && { missing }), ...(mapped !== undefined && { mapped: Object.fromEntries(short) }) }
}

function isCount(keys: readonly string[]): boolean {
  return keys.every((key, index) => key === String(index))
}

function whole({ missing, mapped }: ShortOutputs): StepOutputs {
  const keys = Object.entries(mapped ?? {}).map(([output, short]) => [output, typeof short === 'number' ? counted(short) : short] as const)
  return { ...(missing !== undefined && { missing }), ...(mapped !== undefined && { mapped: Object.fromEntries(keys) }) }
}

function counted(count: number): readonly string[] {
  return Array.from({ length: count }, (_each, index) => String(index))
}

function outputsLost(stepKey: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`What step "${stepKey}" gave is not recorded any more, so its run can't go on.`, 'OutputsLost')
}
