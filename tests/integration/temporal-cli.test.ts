import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { cachedCliPath, thisPlace } from '../../temporal/cli/cli-cache.ts'
import { ensureTemporalCli } from '../../temporal/cli/ensure-temporal-cli.ts'

const cli = inject('temporalCli')

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'assetry-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function put(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(cli, path)
  return path
}

describe('the Temporal CLI', () => {
  test('of TEMPORAL_CLI_PATH goes before all others', async () => {
    const path = put(join(home, 'my-temporal'))
    put(join(home, 'bin', 'temporal'))
    const found = await ensureTemporalCli({ environment: { HOME: home, PATH: join(home, 'bin'), TEMPORAL_CLI_PATH: path } })
    expect(found).toEqual({ path, source: 'environment', serverVersion: expect.stringMatching(/^1\.\d+\.\d+$/) as string })
  })

  test('of a TEMPORAL_CLI_PATH that is missing is refused, although there is another', async () => {
    put(join(home, 'bin', 'temporal'))
    const environment = { HOME: home, PATH: join(home, 'bin'), TEMPORAL_CLI_PATH: join(home, 'missing') }
    await expect(ensureTemporalCli({ environment })).rejects.toMatchObject({
      code: 'TEMPORAL_CLI_UNAVAILABLE',
      message: expect.stringContaining(`TEMPORAL_CLI_PATH is "${join(home, 'missing')}", but there is no such file.`) as string,
    })
  })

  test('is taken from PATH, past folders and files that can not be executed', async () => {
    mkdirSync(join(home, 'first', 'temporal'), { recursive: true })
    mkdirSync(join(home, 'second'))
    writeFileSync(join(home, 'second', 'temporal'), 'no program', { mode: 0o644 })
    const path = put(join(home, 'third', 'temporal'))
    const folders = ['first', 'second', 'third'].map((name) => join(home, name))
    await expect(ensureTemporalCli({ environment: { HOME: home, PATH: folders.join(':') } })).resolves.toMatchObject({
      path,
      source: 'path',
    })
  })

  test('is taken from the cache where the one on PATH is too old', async () => {
    const old = join(home, 'bin', 'temporal')
    mkdirSync(dirname(old))
    writeFileSync(old, '#!/bin/sh\necho "temporal version 1.1.0 (Server 1.25.0, UI 2.30.0)"\n')
    chmodSync(old, 0o755)
    const environment = { HOME: home, PATH: `${join(home, 'bin')}:/bin` }
    const path = put(cachedCliPath(thisPlace(environment)))
    await expect(ensureTemporalCli({ environment })).resolves.toMatchObject({ path, source: 'cache' })
  })

  test('that is cached is used at once, with nothing to tell', async () => {
    const environment = { HOME: home, PATH: '' }
    const path = put(cachedCliPath(thisPlace(environment)))
    const told: unknown[] = []
    await expect(ensureTemporalCli({ environment, onProgress: (progress) => told.push(progress) })).resolves.toMatchObject({ path })
    expect(told).toEqual([])
  })

  test('is not waited for where getting it is aborted, and the lock is free again', async () => {
    const abort = new AbortController()
    const environment = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TEMPORAL_CLI_PATH: '', PATH: '' }
    const onProgress = (): void => abort.abort()
    await expect(ensureTemporalCli({ environment, onProgress, signal: abort.signal })).rejects.toThrow('aborted')
    expect(existsSync(`${dirname(cachedCliPath(thisPlace(environment)))}.lock`)).toBe(false)
  })
})
