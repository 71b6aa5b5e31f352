import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AssetryError } from '../definitions/errors.ts'
import type { IOManager, LoadContext, SaveContext, StoredValue } from '../definitions/io-manager.ts'
import { type Metadata, type MetadataInput, metadataOf } from '../definitions/metadata-value.ts'
import { isAsyncIterable } from '../definitions/stream.ts'
import { gathered } from './gathered.ts'

/** An IO manager to be tested, on a place of its own. */
export interface IOManagerFixture {
  readonly manager: IOManager
  /** What a save left lying around that no load needs: temporary files, staging tables, uploads. */
  leavings(): Promise<readonly string[]>
  dispose(): Promise<void>
}

/** What an IO manager can keep: JSON, rows of a table, or whatever structured cloning keeps. */
export type Keeps = 'json' | 'rows' | 'clones'

/** An IO manager that keeps files, in a temporary folder. */
export async function folderFixture(create: (folder: string) => IOManager): Promise<IOManagerFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'assetry-io-'))
  return {
    manager: create(folder),
    leavings: async () => (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.tmp')),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}

type Row = Readonly<Record<string, unknown>>

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** What `save` gets, as a step would give it; `options` say what is special. */
export function saving(value: StoredValue, options: Partial<SaveContext> = {}): SaveContext {
  const definitionMetadata = metadataOf('a test', { partition_expr: 'part' })
  return {
    ...value,
    runId: 'r',
    stepKey: 's',
    definitionMetadata,
    log: silent,
    signal: new AbortController().signal,
    addMetadata: () => undefined,
    confirm: () => Promise.resolve(),
    ...options,
  }
}

/** What `load` gets, as a step would give it. */
export function loading(value: StoredValue, inputMetadata: Readonly<Record<string, MetadataInput>> = {}): LoadContext {
  const signal = new AbortController().signal
  return { ...value, downstreamKey: undefined, inputMetadata: metadataOf('a test', inputMetadata), log: silent, signal }
}

/** The metadata that a save reports. */
export async function metadataOfSave(manager: IOManager, value: StoredValue, saved: unknown): Promise<Metadata> {
  const added: Record<string, MetadataInput> = {}
  await manager.save(saving(value, { addMetadata: (metadata) => void Object.assign(added, metadata) }), saved)
  return metadataOf('a test', added)
}

const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }

async function* rowsUpTo(count: number): AsyncGenerator<Row> {
  for (let id = 0; id < count; id += 1) yield { id, text: `row ${id}` }
}

/** The items of what must be a stream. */
async function itemsOf(loaded: unknown): Promise<unknown[]> {
  expect(isAsyncIterable(loaded)).toBe(true)
  return gathered(loaded as AsyncIterable<unknown>)
}

/** What every IO manager must do, whatever it writes to. */
export function ioManagerSuite(name: string, create: () => Promise<IOManagerFixture>, keeps: Keeps): void {
  describe(`IO manager ${name}`, () => {
    let fixture: IOManagerFixture
    let manager: IOManager

    beforeEach(async () => {
      fixture = await create()
      manager = fixture.manager
    })

    afterEach(async () => {
      const left = await fixture.leavings()
      await fixture.dispose()
      expect(left).toEqual([])
    })

    it('gives back what was saved, and the newest of it', async () => {
      await manager.save(saving(orders), [{ id: 1 }])
      await manager.save(saving(orders), [{ id: 2 }])
      await manager.save(saving(orders), [{ id: 2 }])
      expect(await manager.load(loading(orders))).toEqual([{ id: 2 }])
    })

    it('replaces rows by rows of another shape, and by none', async () => {
      await manager.save(saving(orders), [{ id: 1, name: 'a' }])
      await manager.save(saving(orders), [{ name: true }])
      expect(await manager.load(loading(orders))).toEqual([{ name: true }])
      await manager.save(saving(orders), [])
      expect(await manager.load(loading(orders))).toEqual([])
    })

    it('keeps rows without anything in them', async () => {
      await manager.save(saving(orders), [{}, {}])
      expect(await manager.load(loading(orders))).toEqual([{}, {}])
    })

    it('keeps no rows at all, as the first value too', async () => {
      await manager.save(saving(orders), [])
      expect(await manager.load(loading(orders))).toEqual([])
    })

    it('gives back a value of many rows, in their order', async () => {
      const large = Array.from({ length: 60_000 }, (_each, id) => ({ id, text: 'x'.repeat(20) }))
      await manager.save(saving(orders), large)
      expect(await manager.load(loading(orders))).toEqual(large)
    })

    it('keeps assets and partitions apart, whatever their keys', async () => {
      const keys = [
        '2026-01-01',
        '2026-01-01|eu',
        '2026-01-01|../../eu',
        '../../etc/passwd',
        'a/b',
        "'; drop table a; --",
        'ü',
        '.',
        '..',
        'x'.repeat(400),
        `${'x'.repeat(400)}y`,
        '@value',
        'CON',
        '*',
      ]
      const rowsOf = (part: string): Row[] => [{ part, id: 1 }]
      for (const partitionKey of keys) await manager.save(saving({ assetKey: 'a', partitionKey }), rowsOf(partitionKey))
      await manager.save(saving({ assetKey: 'b/a', partitionKey: undefined }), rowsOf('of b'))
      for (const partitionKey of keys) expect(await manager.load(loading({ assetKey: 'a', partitionKey }))).toEqual(rowsOf(partitionKey))
      expect(await manager.load(loading({ assetKey: 'b/a', partitionKey: undefined }))).toEqual(rowsOf('of b'))
    })

    it('replaces one partition and leaves the others', async () => {
      const january: StoredValue = { assetKey: 'a', partitionKey: 'january' }
      await manager.save(saving(january), [
        { part: 'january', id: 1 },
        { part: 'january', id: 2 },
      ])
      await manager.save(saving({ assetKey: 'a', partitionKey: 'february' }), [{ part: 'february', id: 3 }])
      await manager.save(saving(january), [{ part: 'january', id: 4 }])
      expect(await manager.load(loading(january))).toEqual([{ part: 'january', id: 4 }])
      expect(await manager.load(loading({ assetKey: 'a', partitionKey: 'february' }))).toEqual([{ part: 'february', id: 3 }])
    })

    it('keeps the old value where the attempt may not write any more', async () => {
      const confirm = (): Promise<void> => Promise.reject(new AssetryError('STEP_FENCED', 'taken over'))
      await manager.save(saving(orders), [{ id: 1 }])
      for (const value of [[{ id: 2 }], [{ id: 1 }], [{ text: 'x'.repeat(200_000) }], rowsUpTo(10)]) {
        await expect(async () => manager.save(saving(orders, { confirm }), value)).rejects.toMatchObject({ code: 'STEP_FENCED' })
      }
      expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
    })

    it('asks for leave to write when all has been read, and before a reader sees anything', async () => {
      let read = 0
      async function* counted(): AsyncGenerator<Row> {
        for await (const row of rowsUpTo(5_000)) {
          read += 1
          yield row
        }
      }
      await manager.save(saving(orders), [{ id: 1 }])
      const seen: unknown[] = []
      const confirm = async (): Promise<void> => void seen.push(read, await manager.load(loading(orders)))
      await manager.save(saving(orders, { confirm }), counted())
      expect(seen).toEqual([5_000, [{ id: 1 }]])
    })

    it('says which asset has no value yet', async () => {
      await expect(async () => manager.load(loading(orders))).rejects.toMatchObject({
        code: 'VALUE_NOT_FOUND',
        message: expect.stringContaining('"raw/orders"') as string,
      })
    })

    it('refuses what it can not store, with the path to it, and keeps what was there', async () => {
      await manager.save(saving(orders), [{ id: 1 }])
      class Invoice {
        readonly id = 1
      }
      for (const part of [new URL('https://example.com'), () => 1, new Invoice(), { deep: [Symbol('s')] }]) {
        for (const value of [
          [{}, { part }],
          (async function* () {
            yield* [{}, { part }]
          })(),
        ]) {
          await expect(async () => manager.save(saving(orders), value)).rejects.toMatchObject({
            code: 'VALUE_NOT_STORABLE',
            message: expect.stringContaining('value[1].part') as string,
          })
        }
      }
      expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
    })

    if (keeps !== 'json') {
      it('keeps dates, bigints, booleans, texts, numbers, nested JSON, bytes and null', async () => {
        const rows = [
          {
            date: new Date(0),
            early: new Date(-1),
            bigint: 2n ** 60n,
            small: -1n,
            yes: true,
            text: 'ü "quoted" \n\t\\ \u{1f600} \\N \\x41',
            empty: '',
            integer: -7,
            large: 2 ** 40,
            number: 0.1,
            list: [1, { a: null }],
            object: { a: ['x'], b: { c: 'ü\\"' } },
            bytes: new Uint8Array([0, 255, 10]),
          },
          Object.fromEntries(
            ['date', 'early', 'bigint', 'small', 'yes', 'text', 'empty', 'integer', 'large', 'number', 'list', 'object', 'bytes'].map(
              (key) => [key, null],
            ),
          ),
        ]
        await manager.save(saving(orders), rows)
        expect(plain(await manager.load(loading(orders)))).toEqual(plain(rows))
      })

      it('keeps numbers as exact as they are', async () => {
        const rows = [Number.NaN, Infinity, -Infinity, -0, Number.MAX_VALUE, Number.MIN_VALUE, 5e-324, 0.1 + 0.2].map((number) => ({
          number,
        }))
        await manager.save(saving(orders), rows)
        expect(await manager.load(loading(orders))).toEqual(rows)
      })
    }

    describe('with a stream', () => {
      it('gives its items back one by one, as often as they are wanted', async () => {
        await manager.save(saving(orders), rowsUpTo(10_000))
        const loaded = await manager.load(loading(orders))
        const expected = await gathered(rowsUpTo(10_000))
        expect(await itemsOf(loaded)).toEqual(expected)
        for await (const item of loaded as AsyncIterable<unknown>) {
          expect(item).toEqual(expected[0])
          break
        }
        expect(await itemsOf(loaded)).toEqual(expected)
      })

      it('takes a generator that does not wait', async () => {
        const rows = [{ id: 1 }, { id: 2 }]
        await manager.save(saving(orders), rows.values())
        expect(await itemsOf(await manager.load(loading(orders)))).toEqual(rows)
      })

      it('keeps one that is empty', async () => {
        await manager.save(saving(orders), rowsUpTo(0))
        expect(await itemsOf(await manager.load(loading(orders)))).toEqual([])
      })

      it('replaces a stream by an array and the other way round', async () => {
        await manager.save(saving(orders), rowsUpTo(3))
        await manager.save(saving(orders), [{ id: 1 }])
        expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
        await manager.save(saving(orders), rowsUpTo(3))
        expect(await itemsOf(await manager.load(loading(orders)))).toEqual(await gathered(rowsUpTo(3)))
      })

      it('keeps the old value where the stream fails, and throws what it threw', async () => {
        const error = new Error('the source is gone')
        async function* failing(): AsyncGenerator<Row> {
          yield* rowsUpTo(20_000)
          throw error
        }
        await manager.save(saving(orders), [{ id: 1 }])
        await expect(async () => manager.save(saving(orders), failing())).rejects.toBe(error)
        expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
      })

      it('keeps the old value where the step is aborted, while items come and while it waits for one', async () => {
        await manager.save(saving(orders), [{ id: 1 }])
        for (const hangs of [true, false]) {
          const controller = new AbortController()
          const reason = new Error('cancelled')
          async function* aborted(): AsyncGenerator<Row> {
            yield* rowsUpTo(20_000)
            controller.abort(reason)
            if (hangs) await new Promise(() => undefined)
            yield* rowsUpTo(20_000)
          }
          const { signal } = controller
          const confirm = async (): Promise<void> => signal.throwIfAborted()
          await expect(async () => manager.save(saving(orders, { signal, confirm }), aborted())).rejects.toBe(reason)
        }
        expect(await manager.load(loading(orders))).toEqual([{ id: 1 }])
      })

      it('lets the stream free what it holds when the save fails', async () => {
        const freed: string[] = []
        async function* holding(): AsyncGenerator<Row> {
          try {
            yield { id: 1 }
            yield { id: (): void => undefined }
            yield* rowsUpTo(1_000_000)
          } finally {
            freed.push('source')
          }
        }
        await expect(async () => manager.save(saving(orders), holding())).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
        expect(freed).toEqual(['source'])
      })
    })
  })
}

/** Buffers are byte arrays too: what matters are the bytes. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
