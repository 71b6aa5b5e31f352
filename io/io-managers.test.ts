import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoredValue } from '../definitions/io-manager.ts'
import { filesystemIOManager } from './filesystem.ts'
import { gathered } from './gathered.ts'
import { folderFixture, ioManagerSuite, loading, metadataOfSave, saving } from './io-manager.suite.ts'
import { jsonIOManager } from './json.ts'
import { memoryIOManager } from './memory.ts'

const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }

async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'assetry-io-'))
}

ioManagerSuite('filesystem', () => folderFixture((folder) => filesystemIOManager({ folder })), 'clones')
ioManagerSuite('filesystem, synced to the disk', () => folderFixture((folder) => filesystemIOManager({ folder, sync: true })), 'clones')
ioManagerSuite('json', () => folderFixture((folder) => jsonIOManager({ folder })), 'json')
ioManagerSuite('memory', async () => ({ manager: memoryIOManager(), leavings: async () => [], dispose: () => Promise.resolve() }), 'clones')

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('IO manager filesystem', () => {
  it('keeps dates, maps, sets, bigints, typed arrays, cycles and what JSON has no word for', async () => {
    const manager = filesystemIOManager({ folder })
    const value: Record<string, unknown> = {
      date: new Date(0),
      map: new Map([['a', new Set([1n])]]),
      numbers: new Float64Array([1.5, Number.NaN]),
      missing: undefined,
      pattern: /a+/g,
      error: new TypeError('no'),
      negativeZero: -0,
    }
    value['self'] = value
    await manager.save(saving(orders), value)
    const loaded = (await manager.load(loading(orders))) as typeof value
    expect(loaded).toEqual(value)
    expect(loaded['self']).toBe(loaded)
  })

  it('names the file of a partition of several dimensions by its key, escaped, and keeps it in the folder of its asset', async () => {
    const manager = filesystemIOManager({ folder })
    const keys = ['2026-01-01|eu', '2026-01-01|../../eu', '..|..']
    for (const partitionKey of keys) await manager.save(saving({ assetKey: 'a', partitionKey }), partitionKey)
    for (const partitionKey of keys) expect(await manager.load(loading({ assetKey: 'a', partitionKey }))).toBe(partitionKey)
    expect(await readdir(folder)).toEqual(['a'])
    expect((await readdir(join(folder, 'a'))).toSorted()).toEqual(['..%7C...v8', '2026-01-01%7C..%2F..%2Feu.v8', '2026-01-01%7Ceu.v8'])
  })

  it('finds what it refuses inside maps and sets', async () => {
    const manager = filesystemIOManager({ folder })
    await expect(async () => manager.save(saving(orders), new Map([['a', [() => 1]]]))).rejects.toThrow('value.get(a)[0]')
    await expect(async () => manager.save(saving(orders), new Set([Symbol('s')]))).rejects.toThrow('value.values() is a symbol')
  })

  it('says that a file is not what it wrote, or is damaged', async () => {
    const manager = filesystemIOManager({ folder })
    await manager.save(saving(orders), 'value')
    const file = join(folder, 'raw', 'orders', '@value.v8')
    const bytes = await readFile(file)
    for (const damaged of [Buffer.from('hello'), Buffer.alloc(0), bytes.subarray(0, 9)]) {
      await writeFile(file, damaged)
      await expect(async () => manager.load(loading(orders))).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' })
    }
  })

  it('says that a stream was cut off, or has bytes that it did not write', async () => {
    const manager = filesystemIOManager({ folder })
    await manager.save(saving(orders), ['a', 'b'].values())
    const file = join(folder, 'raw', 'orders', '@value.v8')
    const bytes = await readFile(file)
    const miscounted = Buffer.from(bytes)
    miscounted.writeUInt8(3, bytes.length - 1)
    for (const damaged of [bytes.subarray(0, 8), bytes.subarray(0, 10), bytes.subarray(0, 20), bytes.subarray(0, -1), miscounted]) {
      await writeFile(file, damaged)
      const loaded = (await manager.load(loading(orders))) as AsyncIterable<unknown>
      await expect(async () => gathered(loaded)).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' })
    }
  })

  it('keeps the bytes of a stream of Node', async () => {
    const manager = filesystemIOManager({ folder })
    const file = join(folder, 'source')
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_each, index) => index % 251))
    await writeFile(file, bytes)
    await manager.save(saving(orders), createReadStream(file))
    const chunks = await gathered((await manager.load(loading(orders))) as AsyncIterable<Uint8Array>)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  })

  it('keeps whatever items a stream has, each as it was', async () => {
    const manager = filesystemIOManager({ folder })
    const items = [undefined, null, 1, 'text', new Uint8Array([1]), new Map([[1, 2n]]), [new Date(5)], []]
    await manager.save(saving(orders), items.values())
    expect(await gathered((await manager.load(loading(orders))) as AsyncIterable<unknown>)).toEqual(items)
  })

  it('reads a stream to its end as it was, also where it is replaced meanwhile', async () => {
    const manager = filesystemIOManager({ folder })
    const texts = (letter: string): Iterator<string> & Iterable<string> => Array.from({ length: 40 }, () => letter.repeat(100_000)).values()
    await manager.save(saving(orders), texts('a'))
    const seen = new Set<string>()
    for await (const text of (await manager.load(loading(orders))) as AsyncIterable<string>) {
      if (seen.size === 0) await manager.save(saving(orders), texts('b'))
      seen.add(text.slice(0, 1))
    }
    expect([...seen]).toEqual(['a'])
  })

  it('reports where the value is, its bytes, and the rows of a stream', async () => {
    const manager = filesystemIOManager({ folder })
    const path = { type: 'path', value: join(folder, 'raw', 'orders', '@value.v8') }
    expect(await metadataOfSave(manager, orders, 'value')).toEqual({ path, bytes: { type: 'int', value: 17 } })
    expect(await metadataOfSave(manager, orders, [{ id: 1 }, { id: 2 }].values())).toMatchObject({ path, rows: { type: 'int', value: 2 } })
    expect(await metadataOfSave(manager, orders, [Buffer.from('ab')].values())).not.toHaveProperty('rows')
  })

  it('refuses a key that could make a folder stand where a file must', async () => {
    const manager = filesystemIOManager({ folder })
    await expect(async () => manager.save(saving({ assetKey: 'a/b.v8', partitionKey: undefined }), 1)).rejects.toMatchObject({
      code: 'STORAGE_PATH_REFUSED',
    })
  })
})

describe('IO manager json', () => {
  it('writes JSON that people can read', async () => {
    await jsonIOManager({ folder }).save(saving(orders), { id: 1 })
    expect(await readFile(join(folder, 'raw', 'orders', '@value.json'), 'utf8')).toBe('{\n  "id": 1\n}\n')
  })

  it('writes a stream as JSON lines, and only one of the two files stays', async () => {
    const manager = jsonIOManager({ folder })
    await manager.save(saving(orders), { id: 1 })
    await manager.save(saving(orders), [{ id: 1 }, { text: 'a\nb' }].values())
    expect(await readdir(join(folder, 'raw', 'orders'))).toEqual(['@value.ndjson'])
    expect(await readFile(join(folder, 'raw', 'orders', '@value.ndjson'), 'utf8')).toBe('{"id":1}\n{"text":"a\\nb"}\n')
    await manager.save(saving(orders), { id: 2 })
    expect(await readdir(join(folder, 'raw', 'orders'))).toEqual(['@value.json'])
  })

  it('reads lines that are longer than what is read at a time', async () => {
    const manager = jsonIOManager({ folder })
    const texts = ['ü'.repeat(3_000_000), 'short', 'ö'.repeat(1_500_001)]
    await manager.save(saving(orders), texts.values())
    expect(await gathered((await manager.load(loading(orders))) as AsyncIterable<string>)).toEqual(texts)
  })

  it('names the line that can not be read', async () => {
    const manager = jsonIOManager({ folder })
    await manager.save(saving(orders), [1, 2].values())
    await writeFile(join(folder, 'raw', 'orders', '@value.ndjson'), '1\n{\n3\n')
    const loaded = (await manager.load(loading(orders))) as AsyncIterable<unknown>
    await expect(async () => gathered(loaded)).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      message: expect.stringContaining('line 2') as string,
    })
  })

  it('refuses what JSON would drop or change', async () => {
    const manager = jsonIOManager({ folder })
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    for (const value of [new Date(), { a: Number.NaN }, { a: undefined }, [1n], new Map(), cycle, -0]) {
      await expect(async () => manager.save(saving(orders), value)).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
    }
  })
})
