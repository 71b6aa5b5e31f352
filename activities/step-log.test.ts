import { describe, expect, it } from 'vitest'
import { SecretMask } from '../execution/secret-mask.ts'
import type { LogLine } from '../metadata/stores/step-store.ts'
import { StepLog } from './step-log.ts'

function stepLog(secrets = new SecretMask()): { readonly log: StepLog; readonly chunks: (readonly LogLine[])[] } {
  const chunks: (readonly LogLine[])[] = []
  const write = async (lines: readonly LogLine[]): Promise<void> => void chunks.push(lines)
  return { log: new StepLog({ write, secrets }), chunks }
}

describe("a step's log", () => {
  it('keeps lines with their level, source and fields, in chunks', async () => {
    const { log, chunks } = stepLog()
    log.warn('slow', { rows: 3 })
    log.add({ source: 'stdout', level: 'info', message: 'raw' })
    await log.flush()
    expect(chunks).toEqual([
      [
        { time: expect.any(String), source: 'log', level: 'warn', message: 'slow', fields: { rows: 3 } },
        { time: expect.any(String), source: 'stdout', level: 'info', message: 'raw', fields: null },
      ],
    ])
  })

  it('cuts a long message, after the secrets in it are gone', async () => {
    const secrets = new SecretMask()
    secrets.add('TOKEN', 'hunter2hunter2')
    const { log, chunks } = stepLog(secrets)
    log.info(`${'x'.repeat(8 * 1024 - 5)}hunter2hunter2${'x'.repeat(100)}`)
    await log.flush()
    const [line] = chunks.flat()
    expect(line?.message).toBe(`${'x'.repeat(8 * 1024 - 5)}[TOKE… (cut after 8192 characters)`)
  })

  it('leaves out fields that are too large, and says so in their place', async () => {
    const { log, chunks } = stepLog()
    log.info('dump', { text: 'x'.repeat(20_000) })
    await log.flush()
    expect(chunks.flat()[0]?.fields).toEqual({ leftOut: '20011 characters of JSON, more than 16384' })
  })

  it.each([
    ['lines', 20_000, 'x', 'This step logged 20000 lines; further lines are left out.'],
    ['characters', 1_024, 'x'.repeat(8 * 1024), 'This step logged 8 MiB; further lines are left out.'],
  ])('ends at its limit of %s, and says so once', async (_what, count, message, last) => {
    const { log, chunks } = stepLog()
    for (let index = 0; index < count + 10; index += 1) log.info(message)
    await log.flush()
    const lines = chunks.flat()
    expect(lines.length).toBe(count + 1)
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: last })
  })

  it('is written in chunks that a reader can take', async () => {
    const { log, chunks } = stepLog()
    for (let index = 0; index < 100; index += 1) log.info('x'.repeat(8 * 1024))
    await log.flush()
    const sizes = chunks.map((lines) => lines.reduce((sum, { message }) => sum + message.length, 0))
    expect(Math.max(...sizes)).toBe(64 * 1024)
  })
})
