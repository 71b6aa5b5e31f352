import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const source = (file: string): string => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)))

/** Runs a script that has made the process's stray errors those of its steps. */
async function output(script: string): Promise<string> {
  const start = `
    import { asset } from ${source('../definitions/asset.ts')}
    import { materialize } from ${source('./materialize.ts')}
    import { attributeStrayErrors } from ${source('./stray-errors.ts')}
    attributeStrayErrors((error) => { console.log('nobody’s:', error.message); process.exit(3) })
  `
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', start + script])
  return stdout.trim()
}

describe('an error that user code throws where nobody awaits it', () => {
  it.each([
    ['in a timer', `setTimeout(() => { throw new Error('stray') }, 5)`],
    ['in a promise let go', `void (async () => { await null; throw new Error('stray') })()`],
  ])('%s fails its own step and none beside it', async (_where, stray) => {
    const script = `
      const strays = asset({ key: 'strays', materialize: () => new Promise(() => { ${stray} }) })
      const other = asset({ key: 'other', materialize: () => new Promise((resolve) => setTimeout(() => resolve('made'), 30)) })
      const keepAlive = setTimeout(() => undefined, 10_000)
      const results = await Promise.all([materialize([strays], { raiseOnError: false }), materialize([other])])
      clearTimeout(keepAlive)
      console.log(results[0].failures[0].error.message, results[1].outputFor('other'))
    `
    expect(await output(script)).toBe('stray made')
  })

  it('belongs to nobody where no step runs', async () => {
    await expect(output(`setTimeout(() => { throw new Error('stray') }, 5)`)).rejects.toMatchObject({
      code: 3,
      stdout: 'nobody’s: stray\n',
    })
  })
})
