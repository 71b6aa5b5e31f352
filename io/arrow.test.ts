import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Dictionary,
  Field,
  Float32,
  Int32,
  List,
  Table,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoredValue } from '../definitions/io-manager.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import { arrowIOManager } from './arrow.ts'
import { gathered } from './gathered.ts'
import { folderFixture, ioManagerSuite, loading, metadataOfSave, saving } from './io-manager.suite.ts'

const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }

ioManagerSuite('arrow', () => folderFixture((folder) => arrowIOManager({ folder })), 'rows')

describe('IO manager arrow', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assetry-arrow-'))
    file = join(folder, 'raw', 'orders', '@value.arrow')
  })

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function loaded(metadata: Readonly<Record<string, MetadataInput>> = {}): Promise<unknown> {
    return arrowIOManager({ folder }).load(loading(orders, metadata))
  }

  it('keeps a table with all its types, lists and structs too', async () => {
    const table = new Table({
      id: vectorFromArray([1, null, 3], new Int32()),
      ratio: vectorFromArray([0.5, null, 1.5], new Float32()),
      name: vectorFromArray(['a', null, 'a'], new Dictionary(new Utf8(), new Int32())),
      at: vectorFromArray([5.001, null, 7], new TimestampMicrosecond()),
      tags: vectorFromArray([['a'], ['b', 'c'], []], new List(Field.new('item', new Utf8(), true))),
      place: vectorFromArray([{ x: 1 }, { x: 2 }, { x: 3 }]),
    })
    await arrowIOManager({ folder }).save(saving(orders), table)
    const back = (await loaded()) as Table
    expect(typesOf(back)).toEqual(typesOf(table))
    expect(JSON.stringify(back.toArray())).toBe(JSON.stringify(table.toArray()))
    const [first] = (await loaded({ as: 'rows', columns: ['tags', 'place', 'at'] })) as unknown[]
    expect(first).toEqual({ tags: ['a'], place: { x: 1 }, at: new Date(5) })
    expect(((await loaded({ columns: ['place', 'id'] })) as Table).schema.names).toEqual(['place', 'id'])
  })

  it('keeps a table without rows, and one without columns', async () => {
    await arrowIOManager({ folder }).save(saving(orders), tableFromArrays({ id: new Int32Array() }))
    expect(typesOf((await loaded()) as Table)).toEqual(['id Int32'])
    await arrowIOManager({ folder }).save(saving(orders), new Table())
    expect(((await loaded()) as Table).numRows).toBe(0)
  })

  it('writes a file that other readers read', async () => {
    await arrowIOManager({ folder }).save(saving(orders), [{ id: 1, n: 2n, tags: ['x'] }].values())
    const table = tableFromIPC(await readFile(file))
    expect(typesOf(table)).toEqual(['id Float64', 'n Int64', 'tags Utf8'])
    expect(table.toArray().map((row: { toJSON(): unknown }) => row.toJSON())).toEqual([{ id: 1, n: 2n, tags: '["x"]' }])
  })

  it('reads a file that another program wrote, as a table', async () => {
    await arrowIOManager({ folder }).save(saving(orders), [])
    await writeFile(file, tableToIPC(tableFromArrays({ id: Int32Array.of(1, 2) }), 'file'))
    expect(((await loaded()) as Table).numRows).toBe(2)
    expect(await loaded({ as: 'rows' })).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('gives rows back as rows when the table of them was saved again', async () => {
    const manager = arrowIOManager({ folder })
    await manager.save(saving(orders), [{ id: 1 }])
    const table = await loaded({ as: 'table' })
    expect(await loaded()).toEqual([{ id: 1 }])
    await manager.save(saving(orders), table)
    expect(await loaded()).toBeInstanceOf(Table)
  })

  it('reports rows, schema, bytes and path without being asked', async () => {
    expect(await metadataOfSave(arrowIOManager({ folder }), orders, [{ id: 1, at: new Date(0) }])).toEqual({
      path: { type: 'path', value: file },
      bytes: { type: 'int', value: (await readFile(file)).length },
      rows: { type: 'int', value: 1 },
      schema: {
        type: 'tableSchema',
        value: {
          columns: [
            { name: 'id', type: 'Int32' },
            { name: 'at', type: 'Timestamp<MILLISECOND, UTC>' },
          ],
        },
      },
    })
    const table = tableFromArrays({ price: Float64Array.of(1, 2) })
    expect(await metadataOfSave(arrowIOManager({ folder }), orders, table)).toMatchObject({ rows: { value: 2 } })
  })

  it('loads only the columns that an input asks for, and names one that is not there', async () => {
    await arrowIOManager({ folder }).save(saving(orders), [{ id: 1, name: 'a', amount: 2 }])
    expect(await loaded({ columns: ['amount', 'id'] })).toEqual([{ id: 1, amount: 2 }])
    expect(await gathered((await loaded({ as: 'stream', columns: 'name' })) as AsyncIterable<unknown>)).toEqual([{ name: 'a' }])
    await expect(async () => loaded({ columns: ['price'] })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('keeps apart a property that is null and one that is not there, in a stream too', async () => {
    const rows = [
      { id: 1, note: 'x', gone: null },
      { id: 2, gone: null },
    ]
    for (const value of [rows, rows.values()]) {
      await arrowIOManager({ folder }).save(saving(orders), value)
      expect((await loaded({ as: 'rows' })) as object[]).toStrictEqual(rows)
    }
  })

  it('says that a file is no Arrow file', async () => {
    await arrowIOManager({ folder }).save(saving(orders), [{ id: 1 }])
    const bytes = await readFile(file)
    for (const damaged of [
      Buffer.from('hello'),
      Buffer.alloc(0),
      bytes.subarray(0, -10),
      Buffer.concat([Buffer.alloc(100, 7), Buffer.from('ARROW1')]),
    ]) {
      await writeFile(file, damaged)
      await expect(async () => loaded()).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' })
    }
  })
})

function typesOf(table: Table): string[] {
  return table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)
}
