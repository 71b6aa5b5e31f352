import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AssetryError } from '../definitions/errors.ts'
import type { IOManager, LoadContext, SaveContext, StoredValue } from '../definitions/io-manager.ts'
import { filesystemIOManager } from './filesystem.ts'
import { jsonIOManager } from './json.ts'
import { memoryIOManager } from './memory.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-io-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const signal = new AbortController().signal

function saving(value: StoredValue, confirm: () => Promise<void> = () => Promise.resolve()): SaveContext {
  return { ...value, runId: 'r', stepKey: 's', definitionMetadata: {}, log: silent, signal, addMetadata: () => undefined, confirm }
}

function loading(value: StoredValue): LoadContext {
  return { ...value, downstreamKey: undefined, inputMetadata: {}, log: silent, signal }
}

const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }

const managers: Readonly<Record<string, () => IOManager>> = {
  filesystem: () => filesystemIOManager({ folder }),
  'filesystem, synced to the disk': () => filesystemIOManager({ folder, sync: true }),
  json: () => jsonIOManager({ folder }),
  memory: () => memoryIOManager(),
}

for (const [name, create] of Object.entries(managers)) {
  describe(`IO manager ${name}`, () => {
    it('gives back what was saved, and the newest of it', async () => {
      const manager = create()
      await manager.save(saving(orders), [{ id: 1 }])
      await manager.save(saving(orders), [{ id: 2 }])
      await manager.save(saving(orders), [{ id: 2 }])
      expect(await manager.load(loading(orders))).toEqual([{ id: 2 }])
    })

    it('gives back a value of many megabytes', async () => {
      const manager = create()
      const large = Array.from({ length: 60_000 }, (_each, id) => ({ id, text: 'x'.repeat(20) }))
      await manager.save(saving(orders), large)
      expect(await manager.load(loading(orders))).toEqual(large)
    })

    it('keeps partitions apart, whatever their keys', async () => {
      const manager = create()
      const keys = ['2026-01-01', '../../etc/passwd', 'a/b', 'ü', '.', '..', 'x'.repeat(400), `${'x'.repeat(400)}y`, '@value', 'CON', '*']
      for (const partitionKey of keys) await manager.save(saving({ assetKey: 'a', partitionKey }), partitionKey)
      for (const partitionKey of keys) expect(await manager.load(loading({ assetKey: 'a', partitionKey }))).toBe(partitionKey)
    })

    it('keeps the old value where the attempt may not write any more', async () => {
      const manager = create()
      await manager.save(saving(orders), 'old')
      const fenced = (): Promise<void> => Promise.reject(new AssetryError('STEP_FENCED', 'taken over'))
      await expect(async () => manager.save(saving(orders, fenced), 'new')).rejects.toMatchObject({ code: 'STEP_FENCED' })
      await expect(async () => manager.save(saving(orders, fenced), 'old')).rejects.toMatchObject({ code: 'STEP_FENCED' })
      expect(await manager.load(loading(orders))).toBe('old')
      expect((await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.tmp'))).toEqual([])
    })

    it('says which asset has no value yet', async () => {
      await expect(async () => create().load(loading(orders))).rejects.toMatchObject({
        code: 'VALUE_NOT_FOUND',
        message: expect.stringContaining('"raw/orders"') as string,
      })
    })

    it('refuses what it can not store, with the path to it, and keeps what was there', async () => {
      const manager = create()
      await manager.save(saving(orders), 'old')
      class Invoice {
        readonly id = 1
      }
      for (const [part, path] of [
        [new URL('https://example.com'), 'value.rows[1].part'],
        [() => 1, 'value.rows[1].part'],
        [new Invoice(), 'value.rows[1].part'],
      ] as const) {
        await expect(async () => manager.save(saving(orders), { rows: [{}, { part }] })).rejects.toMatchObject({
          code: 'VALUE_NOT_STORABLE',
          message: expect.stringContaining(path) as string,
        })
      }
      expect(await manager.load(loading(orders))).toBe('old')
    })
  })
}

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
    for (const damaged of [Buffer.from('hello'), bytes.subarray(0, 9)]) {
      await writeFile(file, damaged)
      await expect(async () => manager.load(loading(orders))).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' })
    }
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

  it('refuses what JSON would drop or change', async () => {
    const manager = jsonIOManager({ folder })
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    for (const value of [new Date(), { a: Number.NaN }, { a: undefined }, [1n], new Map(), cycle, -0]) {
      await expect(async () => manager.save(saving(orders), value)).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
    }
  })
})
