import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendThrough } from './large-output.ts'

describe('a stream that is larger than the memory of its process', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assetry-large-'))
  })

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('is saved and read through 256 MB of heap where it has 1 GB, by filesystem', async () => {
    const report = await sendThrough('filesystem', folder, { bytes: 1_000_000_000, heapMegabytes: 256 })
    expect(report).toMatchObject({ rows: 1_000_000, characters: 1_000_000_000, inOrder: true })
    expect(report.metadata['rows']?.value).toBe(1_000_000)
    expect(report.metadata['bytes']?.value).toBeGreaterThan(1_000_000_000)
    expect(report.heapMegabytes).toBeLessThan(400)
    expect(report.residentMegabytes).toBeLessThan(600)
  })

  it.each(['json', 'parquet', 'arrow', 'duckdb'])('is saved and read through 96 MB of heap where it has 150 MB, by %s', async (name) => {
    const report = await sendThrough(name, folder, { bytes: 150_000_000, heapMegabytes: 96 })
    expect(report).toMatchObject({ rows: 150_000, characters: 150_000_000, inOrder: true })
    expect(report.metadata['rows']?.value).toBe(150_000)
    expect(report.heapMegabytes).toBeLessThan(200)
    // DuckDB holds a row group for each thread, outside the heap.
    expect(report.residentMegabytes).toBeLessThan(name === 'duckdb' ? 1_000 : 500)
  })
})
