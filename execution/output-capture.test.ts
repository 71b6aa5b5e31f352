import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { OutputLine } from './step-output.ts'

const run = promisify(execFile)
const source = (file: string): string => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)))

interface Written {
  /** Lines by step: `<level> <source> <text>`. */
  readonly steps: Readonly<Record<string, readonly string[]>>
  /** What reached the process's own streams. */
  readonly stdout: string
  readonly stderr: string
}

/** Runs steps side by side in a process whose output is captured; `body` is their code, by the names `a` and `b`. */
async function written(body: string): Promise<Written> {
  const script = `
    const keptEarly = console.log
    const { captureOutput } = await import(${source('./output-capture.ts')})
    const { withinStep } = await import(${source('./running-step.ts')})
    const { StepOutput } = await import(${source('./step-output.ts')})
    const { setTimeout: sleep } = await import('node:timers/promises')
    captureOutput()
    captureOutput()
    const steps = {}
    async function step(name, run) {
      const lines = (steps[name] = [])
      const output = new StepOutput((line) => { lines.push(line); if (line.text === 'echoed') console.log('the process says', line.text) })
      try { return await withinStep(output, async () => run(name)) } finally { output.end() }
    }
    ${body}
    process.stderr.write('\\n' + JSON.stringify(steps))
  `
  const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
  const end = stderr.lastIndexOf('\n')
  const lines = JSON.parse(stderr.slice(end + 1)) as Readonly<Record<string, readonly OutputLine[]>>
  const shown = Object.entries(lines).map(([name, of]) => [name, of.map(({ level, source, text }) => `${level} ${source} ${text}`)])
  return { steps: Object.fromEntries(shown), stdout, stderr: stderr.slice(0, end) }
}

describe('what the code of a step writes', () => {
  it('goes to its own step, however many run side by side and however late it comes', async () => {
    const { steps, stdout, stderr } = await written(`
      const work = async (name) => {
        console.log('begins', name)
        await sleep(5)
        process.stdout.write('part of ' + name)
        await sleep(5)
        await new Promise((resolve) => setTimeout(() => { process.stdout.write(' in a timer\\n'); resolve() }, 5))
        await Promise.all([sleep(1).then(() => console.error('failed', { name, nested: { deep: [1, 2] } }))])
        process.stderr.write('unended ' + name)
      }
      await Promise.all([step('a', work), step('b', work)])
    `)
    for (const name of ['a', 'b']) {
      expect(steps[name]).toEqual([
        `info console begins ${name}`,
        `info stdout part of ${name} in a timer`,
        `error console failed { name: '${name}', nested: { deep: [ 1, 2 ] } }`,
        `info stderr unended ${name}`,
      ])
    }
    expect([stdout, stderr]).toEqual(['', ''])
  })

  it('has the level of the method that wrote it, one entry a call', async () => {
    const { steps } = await written(`
      await step('a', () => {
        console.debug('%s of %d', 'debug', 1)
        console.info('two\\nlines')
        console.warn('careful')
        console.assert(1 > 2, 'not so')
        console.table([{ x: 1 }])
        console.dir({ y: 2 })
        console.count('seen')
        console.log()
      })
    `)
    expect(steps['a']?.map((line) => line.split('\n')[0])).toEqual([
      'debug console debug of 1',
      'info console two',
      'warn console careful',
      'warn console Assertion failed: not so',
      'info console ┌─────────┬───┐',
      'info console { y: 2 }',
      'info console seen: 1',
      'info console ',
    ])
  })

  it('is not indented by a group that a step beside it opened', async () => {
    const { steps } = await written(`
      await Promise.all([
        step('a', async () => { console.group('opened'); await sleep(10); console.log('inside'); console.groupEnd() }),
        step('b', async () => { await sleep(5); console.log('beside') }),
      ])
    `)
    expect(steps).toEqual({ a: ['info console opened', 'info console   inside'], b: ['info console beside'] })
  })

  it('is taken however it reaches the streams: bytes, encodings, another console, a method kept from before', async () => {
    const { steps, stdout } = await written(`
      const { Console } = await import('node:console')
      await step('a', async () => {
        process.stdout.write(Buffer.from('bytes\\n'))
        process.stdout.write('6865780a', 'hex')
        await new Promise((resolve) => process.stdout.write('told when written\\n', resolve))
        await new Promise((resolve) => process.stdout.write('with both\\n', 'utf8', resolve))
        new Console(process.stdout).log('own console')
        keptEarly('kept early')
      })
    `)
    expect(steps['a']).toEqual(
      ['bytes', 'hex', 'told when written', 'with both', 'own console', 'kept early'].map((text) => `info stdout ${text}`),
    )
    expect(stdout).toBe('')
  })

  it("is the process's own once the step is over, even while another step runs", async () => {
    const { steps, stdout } = await written(`
      let late
      await step('a', () => { late = sleep(10).then(() => { console.log('late'); process.stdout.write('later\\n') }) })
      await step('b', async () => { console.log('runs'); await late; console.log('still runs') })
    `)
    expect(steps).toEqual({ a: [], b: ['info console runs', 'info console still runs'] })
    expect(stdout).toBe('late\nlater\n')
  })

  it("doesn't come round again where who takes it writes it on, and leaves the process's own writes alone", async () => {
    const { steps, stdout } = await written(`
      console.log('before')
      await step('a', () => console.log('echoed'))
      process.stdout.write('after\\n')
    `)
    expect(steps).toEqual({ a: ['info console echoed'] })
    expect(stdout).toBe('before\nthe process says echoed\nafter\n')
  })
})
