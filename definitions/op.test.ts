import { describe, expect, test } from 'vitest'
import { dynamicOutput, isDynamicOutput } from './dynamic-output.ts'
import { ioManager } from './io-manager.ts'
import { isOp, op } from './op.ts'
import { resource } from './resource.ts'

const run = () => 1
const declared = (options: Record<string, unknown>) => () => op({ name: 'clean', run, ...options })

describe('an op', () => {
  test('has what was declared, and defaults for the rest', () => {
    const clean = op({ name: 'clean', run })
    expect(isOp(clean)).toBe(true)
    expect({ ...clean }).toEqual({
      ...clean,
      name: 'clean',
      description: undefined,
      tags: {},
      codeVersion: undefined,
      ioManager: undefined,
      outputs: [{ name: 'result', optional: false }],
      hasNamedOutputs: false,
      config: undefined,
      resources: {},
      retries: undefined,
      timeoutMs: undefined,
      heartbeatTimeoutMs: undefined,
      source: '() => 1',
    })
  })

  test('keeps its options', () => {
    const db = resource({ name: 'db', create: () => 1 })
    const json = ioManager({ name: 'json', save: () => {}, load: () => 1 })
    const options = { description: 'Cleans', tags: { a: 'b' }, codeVersion: 'v2', ioManager: json, resources: { db } }
    const clean = op({ name: 'clean', ...options, retries: { max: 2 }, timeout: '1m', heartbeatTimeout: '5s', run })
    expect({ ...clean }).toMatchObject({ ...options, retries: { max: 2, delayMs: 0 }, timeoutMs: 60_000, heartbeatTimeoutMs: 5_000 })
  })

  test('has one output, which may be optional, or several by name', () => {
    expect(op({ name: 'maybe', optional: true, run }).outputs).toEqual([{ name: 'result', optional: true }])
    const split = op({ name: 'split', outputs: { evens: {}, odds: { optional: true } }, run: () => ({ evens: 1 }) })
    expect(split.hasNamedOutputs).toBe(true)
    expect(split.outputs).toEqual([
      { name: 'evens', optional: false },
      { name: 'odds', optional: true },
    ])
  })

  test('is refused where an option has no sense', () => {
    expect(declared({ name: 'my op' })).toThrow('"my op" can\'t name an op')
    expect(declared({ name: 'a.b' })).toThrow(
      expect.objectContaining({ code: 'INVALID_NAME', message: expect.stringContaining('Use "_"') }),
    )
    expect(declared({ run: 1 })).toThrow('op "clean": run is number, not a function.')
    expect(declared({ outputs: {} })).toThrow('op "clean": outputs is empty.')
    expect(declared({ outputs: { 'a b': {} } })).toThrow('op "clean": output "a b" is not a name of up to 100 letters')
    expect(declared({ outputs: { a: {} }, optional: true })).toThrow('op "clean": optional is given beside outputs.')
    expect(declared({ resources: { db: 1 } })).toThrow('op "clean": resource "db" was not made by resource()')
    expect(declared({ timeout: 'soon' })).toThrow('op "clean": timeout is "soon"')
    expect(declared({ ioManager: {} })).toThrow('op "clean": ioManager was not made by ioManager()')
    expect(declared({ tags: { 'a b': '' } })).toThrow('op "clean": tag key "a b"')
  })

  test('can not be called outside of a graph, and the error says how to test it', () => {
    const clean = op({ name: 'clean', run })
    expect(() => clean()).toThrow(
      expect.objectContaining({
        code: 'OP_OUTSIDE_GRAPH',
        message:
          'Op "clean" is called outside of a graph. Called in the body of a job, a graph or a graph asset, it is wired in there; no body is running now. To test its function, call run() of the op.',
      }),
    )
  })
})

describe('run of an op', () => {
  const greet = op({ name: 'greet', run: ({ name }: { name: string }, { log }) => log.info(`hello ${name}`) })

  test('calls the function as it was written', () => {
    const double = op({ name: 'double', run: ({ n = 2 }: { n?: number }) => n * 2 })
    expect([double.run({ n: 1 }), double.run({}), double.run()]).toEqual([2, 4, 4])
  })

  test('passes the context on', () => {
    const lines: string[] = []
    greet.run({ name: 'you' }, { log: { info: (line: string) => lines.push(line) } } as never)
    expect(lines).toEqual(['hello you'])
  })

  test('says what is missing where the function reads a context that it did not get', () => {
    expect(() => greet.run({ name: 'you' })).toThrow(
      expect.objectContaining({
        code: 'CONTEXT_REQUIRED',
        message: expect.stringContaining(
          'Op "greet" reads "log" from its context, but run() was called without one. Pass buildOpContext({ … })',
        ),
      }),
    )
  })
})

describe('an element with a mapping key', () => {
  test('keeps value and key', () => {
    const element = dynamicOutput({ size: 1 }, { mappingKey: 'cat_1.png' })
    expect(isDynamicOutput(element)).toBe(true)
    expect(element).toMatchObject({ value: { size: 1 }, mappingKey: 'cat_1.png' })
  })

  test.each(['', 'a/b', '..', '.hidden', 'a b', 'é', 'x'.repeat(101), 7])('refuses the key %j', (mappingKey) => {
    expect(() => dynamicOutput(1, { mappingKey: mappingKey as string })).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
  })

  test('takes a key of 100 characters', () => {
    expect(dynamicOutput(1, { mappingKey: 'x'.repeat(100) }).mappingKey).toHaveLength(100)
  })
})
