import { describe, expect, it } from 'vitest'
import type { PlanInput, PlanOutput, PlanStep, StepOutputs } from './run-plan.ts'
import { RunProgress } from './run-progress.ts'

const op = (key: string, parts: Partial<Omit<PlanStep, 'key'>> = {}): PlanStep => ({ key, kind: 'op', op: key, after: [], ...parts })
const from = (...sources: readonly PlanOutput[]): PlanInput => ({ from: sources })
const fanIn = (...sources: readonly PlanOutput[]): PlanInput => ({ from: sources, fanIn: true })

/** list → part (for each) → total, which collects. */
const mapped: readonly PlanStep[] = [
  op('list'),
  op('part', { after: [0], inputs: [from([0, 'result'])], over: [[0, 'result']] }),
  op('total', { after: [1], inputs: [from([1, 'result'])] }),
]

/** Takes every step that may start, and says what each is called. */
function started(progress: RunProgress): readonly string[] {
  const keys: string[] = []
  for (let instance = progress.take(); instance !== undefined; instance = progress.take()) keys.push(progress.stepOf(instance).key)
  return keys
}

const list = (...keys: readonly string[]): StepOutputs => ({ mapped: { result: keys } })

describe('a step that is mapped over a list', () => {
  it('is there once for each element, when the list is known, and what collects comes after all of them', () => {
    const progress = new RunProgress(mapped)
    expect(started(progress)).toEqual(['list'])
    progress.succeeded(0, list('a', 'b'))
    expect(started(progress)).toEqual(['part[a]', 'part[b]'])
    progress.succeeded(2)
    expect(started(progress)).toEqual([])
    progress.succeeded(3)
    expect(started(progress)).toEqual(['total'])
  })

  it('is not there for an empty list, and what collects gets an empty one', () => {
    const progress = new RunProgress(mapped)
    started(progress)
    progress.succeeded(0, list())
    expect(started(progress)).toEqual(['total'])
    progress.succeeded(1)
    expect(progress.counts).toMatchObject({ succeeded: 2, skipped: 0, omitted: 0 })
  })

  it('that fails for one element skips what collects, and no other element', () => {
    const progress = new RunProgress(mapped)
    started(progress)
    progress.succeeded(0, list('a', 'b'))
    started(progress)
    progress.failed(2)
    progress.succeeded(3)
    expect(progress.skipped()).toEqual([{ stepKey: 'total', because: 'part[a]', why: 'failed' }])
    expect(progress.counts).toMatchObject({ succeeded: 2, failed: 1, skipped: 1 })
  })

  it('is named by its pattern among what was skipped, where the list was never made', () => {
    const progress = new RunProgress(mapped)
    started(progress)
    progress.failed(0)
    expect(progress.skipped()).toEqual([
      { stepKey: 'total', because: 'list', why: 'failed' },
      { stepKey: 'part', because: 'list', why: 'failed' },
    ])
  })
})

describe('an output that is left out', () => {
  const plan: readonly PlanStep[] = [
    op('split'),
    op('even', { after: [0], inputs: [from([0, 'even'])] }),
    op('odd', { after: [0], inputs: [from([0, 'odd'])] }),
    op('behind', { after: [2], inputs: [from([2, 'result'])] }),
    op('either', { after: [1, 2], inputs: [fanIn([1, 'result'], [2, 'result'])] }),
    op('both', { after: [1, 2], inputs: [from([1, 'result']), from([2, 'result'])] }),
  ]

  it('skips what needs it, and what needs that, but not a fan-in that has another source', () => {
    const progress = new RunProgress(plan)
    started(progress)
    progress.succeeded(0, { missing: ['odd'] })
    expect(started(progress)).toEqual(['even'])
    progress.succeeded(1)
    expect(started(progress)).toEqual(['either'])
    expect(progress.skipped()).toEqual([
      { stepKey: 'odd', because: 'split', why: 'missing' },
      { stepKey: 'behind', because: 'odd', why: 'missing' },
      { stepKey: 'both', because: 'odd', why: 'missing' },
    ])
    expect(progress.counts).toMatchObject({ failed: 0, skipped: 0, omitted: 3 })
  })

  it('skips a fan-in where it has no source left', () => {
    const progress = new RunProgress(plan)
    started(progress)
    progress.succeeded(0, { missing: ['odd', 'even'] })
    expect(started(progress)).toEqual([])
    expect(progress.counts).toMatchObject({ omitted: 5 })
  })

  it('that is a list skips what is mapped over it and what collects that', () => {
    const progress = new RunProgress(mapped)
    started(progress)
    progress.succeeded(0, { missing: ['result'] })
    expect(started(progress)).toEqual([])
    expect(progress.skipped()).toEqual([
      { stepKey: 'total', because: 'list', why: 'missing' },
      { stepKey: 'part', because: 'list', why: 'missing' },
    ])
  })
})

describe('maps within maps', () => {
  /** lists → files (for each) → row (for each of each) → sum (for each) → total */
  const nested: readonly PlanStep[] = [
    op('lists'),
    op('files', { after: [0], inputs: [from([0, 'result'])], over: [[0, 'result']] }),
    op('row', {
      after: [1],
      inputs: [from([1, 'result'])],
      over: [
        [0, 'result'],
        [1, 'result'],
      ],
    }),
    op('sum', { after: [0, 2], inputs: [from([2, 'result'])], over: [[0, 'result']] }),
    op('total', { after: [3], inputs: [from([3, 'result'])] }),
  ]

  it('have a step for each element of each list, and collect one map at a time', () => {
    const progress = new RunProgress(nested)
    started(progress)
    progress.succeeded(0, list('x', 'y'))
    expect(started(progress)).toEqual(['files[x]', 'files[y]'])
    const [filesX, filesY] = [2, 4]
    progress.succeeded(filesX, list('0', '1'))
    expect(started(progress)).toEqual(['row[x,0]', 'row[x,1]'])
    progress.succeeded(filesY, list())
    expect(started(progress)).toEqual(['sum[y]'])
    progress.succeeded(6)
    progress.succeeded(7)
    expect(started(progress)).toEqual(['sum[x]'])
  })

  it('may be over a list from outside of the outer one', () => {
    const crossed: readonly PlanStep[] = [
      op('rows'),
      op('columns'),
      op('cell', {
        after: [0, 1],
        over: [
          [0, 'result'],
          [1, 'result'],
        ],
      }),
    ]
    const progress = new RunProgress(crossed)
    started(progress)
    progress.succeeded(1, list('a', 'b'))
    expect(started(progress)).toEqual([])
    progress.succeeded(0, list('0', '1'))
    expect(started(progress)).toEqual(['cell[0,a]', 'cell[0,b]', 'cell[1,a]', 'cell[1,b]'])
  })

  it('skip what would have been mapped over a list from outside that failed before', () => {
    const crossed: readonly PlanStep[] = [op('rows'), op('columns'), op('cell', { after: [0, 1], over: [[0, 'result']] })]
    const progress = new RunProgress(crossed)
    started(progress)
    progress.failed(1)
    progress.succeeded(0, list('0', '1'))
    expect(started(progress)).toEqual([])
    expect(progress.skipped().map(({ stepKey, because }) => `${stepKey} ${because}`)).toEqual(['cell[0] columns', 'cell[1] columns'])
  })
})

describe('any plan, any outcomes and any places to save', () => {
  it('run each step once, only after what it needs, and come to an end that doesn’t depend on where they were saved', () => {
    const random = numbersFrom(20_261_124)
    for (let round = 0; round < 500; round += 1) {
      const plan = randomPlan(random)
      const seed = random(1_000_000)
      const straight = drive(plan, seed, () => false)
      const saved = drive(plan, seed, () => random(3) === 0)
      expect(saved).toEqual(straight)
    }
  })
})

/** Runs a plan to its end; each step's outcome follows from its key. Gives what became of each step. */
function drive(plan: readonly PlanStep[], seed: number, savesHere: () => boolean): Readonly<Record<string, string>> {
  let progress = new RunProgress(plan)
  const outcomes: Record<string, string> = {}
  const succeeded = new Map<string, StepOutputs>()
  for (;;) {
    if (savesHere())
      progress = new RunProgress(
        plan,
        JSON.parse(JSON.stringify({ states: progress.save(), skips: progress.skips, given: progress.given })),
      )
    const instance = progress.take()
    if (instance === undefined) break
    const { key, step, mappingKeys } = progress.stepOf(instance)
    expect(outcomes[key]).toBeUndefined()
    for (const [, before] of step.after.entries()) expectReady(plan, before, mappingKeys, outcomes)
    const outputs = outputsOf(key, seed)
    outcomes[key] = outputs === undefined ? 'failed' : 'succeeded'
    if (outputs === undefined) progress.failed(instance)
    else {
      succeeded.set(key, outputs)
      progress.succeeded(instance, outputs)
    }
  }
  expect(progress.counts.waiting + progress.counts.running).toBe(0)
  for (const { stepKey, because, why } of progress.skipped()) {
    if (outcomes[stepKey] === undefined) outcomes[stepKey] = why
    if (why === 'failed') expect(outcomes[because], `${stepKey} because ${because}`).toBe('failed')
  }
  return Object.fromEntries(Object.entries(outcomes).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What a step comes after has ended by then, and no part of it failed. */
function expectReady(plan: readonly PlanStep[], before: number, keys: readonly string[], outcomes: Readonly<Record<string, string>>): void {
  const step = plan[before] as PlanStep
  const depth = step.over?.length ?? 0
  const shared = keys.slice(0, depth)
  const own = Object.entries(outcomes).filter(([key]) => {
    const [name, list = ''] = key.split('[')
    const ofKey = list.replace(']', '').split(',').filter(Boolean)
    return name === step.key && shared.every((each, index) => ofKey[index] === each)
  })
  expect(
    own.every(([, outcome]) => outcome === 'succeeded'),
    `${step.key} before [${keys.join()}]`,
  ).toBe(true)
}

/** Undefined where the step fails. */
function outputsOf(key: string, seed: number): StepOutputs | undefined {
  const random = numbersFrom(seed + Array.from(key, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum * 31 + code, 7))
  const fate = random(12)
  if (fate === 0) return undefined
  if (fate === 1) return { missing: ['result'] }
  return { mapped: { result: Array.from({ length: random(4) }, (_each, index) => `k${index}`) } }
}

/** Steps that come after others in their scope or around it, collect from one within, and open scopes. */
function randomPlan(random: (below: number) => number): readonly PlanStep[] {
  const steps: PlanStep[] = []
  const scopes: (readonly PlanOutput[])[] = [[]]
  for (let position = 0; position < 4 + random(8); position += 1) {
    const over = scopes[random(scopes.length)] ?? []
    const visible = steps.flatMap((step, index) => (isAround(step.over ?? [], over) || isWithin(step.over ?? [], over) ? [index] : []))
    const chosen = visible.filter(() => random(3) === 0)
    const wired = chosen.filter(() => random(3) > 0).map((index): PlanOutput => [index, 'result'])
    const after = [...new Set([...chosen, ...over.map(([index]) => index)])].sort((one, other) => one - other)
    const isFanIn = random(2) === 0
    const inputs = isFanIn && wired.length > 0 ? [fanIn(...wired)] : wired.map((source) => from(source))
    steps.push(op(`s${position}`, { after, ...(inputs.length > 0 && { inputs }), ...(over.length > 0 && { over }) }))
    if (random(3) === 0 && over.length < 2) scopes.push([...over, [position, 'result']])
  }
  return steps
}

function isAround(outer: readonly PlanOutput[], inner: readonly PlanOutput[]): boolean {
  return outer.length <= inner.length && outer.every(([position], index) => inner[index]?.[0] === position)
}

function isWithin(inner: readonly PlanOutput[], outer: readonly PlanOutput[]): boolean {
  return inner.length === outer.length + 1 && isAround(outer, inner)
}

function numbersFrom(seed: number): (below: number) => number {
  let state = seed % 2_147_483_647 || 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

it('goes quickly through a list of 10,000 elements with ten each, and what collects them', () => {
  const nested: readonly PlanStep[] = [
    op('list'),
    op('part', { after: [0], over: [[0, 'result']] }),
    op('row', {
      after: [1],
      over: [
        [0, 'result'],
        [1, 'result'],
      ],
    }),
    op('sum', { after: [2, 0], inputs: [from([2, 'result'])], over: [[0, 'result']] }),
    op('total', { after: [3], inputs: [from([3, 'result'])] }),
  ]
  const progress = new RunProgress(nested)
  const many = (count: number): StepOutputs => list(...Array.from({ length: count }, (_each, index) => String(index)))
  const outputs: Readonly<Record<string, StepOutputs>> = { list: many(10_000), part: many(10) }
  for (let instance = progress.take(); instance !== undefined; instance = progress.take()) {
    progress.succeeded(instance, outputs[progress.stepOf(instance).step.key] ?? {})
  }
  expect(progress.counts.succeeded).toBe(1 + 10_000 * 12 + 1)
})
