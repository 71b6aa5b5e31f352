import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { env } from '../../definitions/env.ts'
import { AssetryError } from '../../definitions/errors.ts'
import type { IOManager, StoredValue } from '../../definitions/io-manager.ts'
import { gathered } from '../../io/gathered.ts'
import { ioManagerSuite, loading, metadataOfSave, saving } from '../../io/io-manager.suite.ts'
import { parquetFormat } from '../../io/parquet.ts'
import { s3IOManager, type S3ManagerOptions } from '../../io/s3.ts'
import { sendThrough } from '../large-output.ts'
import { type S3Server, startS3 } from '../s3-server.ts'

let server: S3Server
let client: S3Client

beforeAll(async () => {
  server = await startS3()
  client = new S3Client({ endpoint: server.endpoint, credentials: server.credentials, region: 'us-east-1', forcePathStyle: true })
})

afterAll(async () => {
  client.destroy()
  await server.stop()
})

function managerOf(options: Partial<S3ManagerOptions> = {}): IOManager {
  const { bucket, endpoint, credentials } = server
  return s3IOManager({ bucket, endpoint, credentials, prefix: 'assets', ...options })
}

async function keys(): Promise<readonly string[]> {
  const { Contents: contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: server.bucket }))
  return contents.map(({ Key: key }) => key ?? '').toSorted()
}

const fixture = (format?: S3ManagerOptions['format']) => async () => ({
  manager: managerOf(format === undefined ? {} : { format }),
  leavings: () => server.uploads(),
  dispose: () => server.clear(),
})

ioManagerSuite('s3', fixture(), 'clones')
ioManagerSuite('s3, json', fixture('json'), 'json')
ioManagerSuite('s3, parquet', fixture(parquetFormat()), 'rows')

describe('IO manager s3', () => {
  afterEach(() => server.clear())

  const orders: StoredValue = { assetKey: 'raw/orders', partitionKey: undefined }
  const megabytes = (letter: string, count: number): Iterator<Buffer> & Iterable<Buffer> =>
    Array.from({ length: count }, () => Buffer.alloc(1024 * 1024, letter)).values()

  it('puts values below its prefix, partitions too, whatever their keys', async () => {
    await managerOf().save(saving(orders), 1)
    await managerOf({ prefix: '/a/b/' }).save(saving(orders), 1)
    await managerOf({ prefix: '' }).save(saving({ assetKey: 'x', partitionKey: '../../y' }), 1)
    expect(await keys()).toEqual(['a/b/raw/orders/@value.v8', 'assets/raw/orders/@value.v8', 'x/..%2F..%2Fy.v8'])
    for (const prefix of ['a/../b', 'a//b', '..', './a']) expect(() => managerOf({ prefix })).toThrow('prefix is')
  })

  it('reports where the value is, its bytes, and the rows of a stream', async () => {
    const path = { type: 'path', value: `s3://${server.bucket}/assets/raw/orders/@value.v8` }
    expect(await metadataOfSave(managerOf(), orders, 'value')).toEqual({ path, bytes: { type: 'int', value: 17 } })
    expect(await metadataOfSave(managerOf(), orders, [{ id: 1 }].values())).toMatchObject({ path, rows: { type: 'int', value: 1 } })
  })

  it('sends a large stream in parts, which come back in their order', async () => {
    const metadata = await metadataOfSave(managerOf(), orders, megabytes('x', 70))
    expect(metadata['bytes']?.value).toBeGreaterThan(70 * 1024 * 1024)
    expect(server.requests.filter((request) => request.startsWith('PUT ')).length).toBe(5)
    const { ContentLength: length } = await client.send(
      new HeadObjectCommand({ Bucket: server.bucket, Key: 'assets/raw/orders/@value.v8' }),
    )
    expect(length).toBe(metadata['bytes']?.value)
    let count = 0
    for await (const chunk of (await managerOf().load(loading(orders))) as AsyncIterable<Uint8Array>) {
      expect(chunk.length).toBe(1024 * 1024)
      count += 1
    }
    expect(count).toBe(70)
  })

  it('keeps the old value and leaves no upload where a large stream fails, is aborted, or may not be written', async () => {
    const manager = managerOf()
    await manager.save(saving(orders), 'old')
    async function* failing(then: () => void): AsyncGenerator<Buffer> {
      yield* megabytes('x', 40)
      then()
      yield* megabytes('x', 40)
    }
    const controller = new AbortController()
    const broken = (): void => {
      throw new Error('the source is gone')
    }
    const fenced = (): Promise<void> => Promise.reject(new AssetryError('STEP_FENCED', 'taken over'))
    const { signal } = controller
    await expect(async () => manager.save(saving(orders), failing(broken))).rejects.toThrow('the source is gone')
    await expect(async () =>
      manager.save(
        saving(orders, { signal }),
        failing(() => controller.abort(new Error('cancelled'))),
      ),
    ).rejects.toThrow('cancelled')
    await expect(async () => manager.save(saving(orders, { confirm: fenced }), megabytes('x', 40))).rejects.toMatchObject({
      code: 'STEP_FENCED',
    })
    expect(await server.uploads()).toEqual([])
    expect(server.requests.filter((request) => request.startsWith('DELETE ')).length).toBe(3)
    expect(await manager.load(loading(orders))).toBe('old')
  })

  it('never gives a mixture where the value is replaced while it is read', async () => {
    const manager = managerOf()
    await manager.save(saving(orders), megabytes('a', 20))
    const seen = new Set<string>()
    await expect(async () => {
      for await (const chunk of (await manager.load(loading(orders))) as AsyncIterable<Buffer>) {
        if (seen.size === 0) await manager.save(saving(orders), megabytes('b', 20))
        seen.add(String.fromCharCode(chunk[0] ?? 0))
      }
    }).rejects.toMatchObject({ code: 'VALUE_UNREADABLE', message: expect.stringContaining('replaced') as string })
    expect([...seen]).toEqual(['a'])
  })

  it('writes JSON that other programs read, with its content type', async () => {
    await managerOf({ format: 'json' }).save(saving(orders), [{ id: 1 }, { id: 2 }].values())
    const object = await client.send(new GetObjectCommand({ Bucket: server.bucket, Key: 'assets/raw/orders/@value.ndjson' }))
    expect(object.ContentType).toBe('application/x-ndjson')
    expect(await object.Body?.transformToString()).toBe('{"id":1}\n{"id":2}\n')
    await managerOf({ format: 'json' }).save(saving(orders), { id: 1 })
    expect(await keys()).toEqual(['assets/raw/orders/@value.json'])
  })

  it('reads of a Parquet object what it needs, not all of it', async () => {
    const manager = managerOf({ format: parquetFormat({ compression: 'none' }) })
    const rows = Array.from({ length: 60_000 }, (_each, id) => ({ id, text: `${id} `.repeat(40) }))
    const metadata = await metadataOfSave(manager, orders, rows)
    expect(metadata['rows']?.value).toBe(60_000)
    expect(await manager.load(loading(orders, { columns: ['id'] }))).toEqual(rows.map(({ id }) => ({ id })))
  })

  it('says that the bucket is not there, and not that the value is not', async () => {
    await expect(async () => managerOf({ bucket: 'nowhere' }).load(loading(orders))).rejects.toMatchObject({ name: 'NoSuchBucket' })
    await expect(async () => managerOf({ bucket: 'nowhere' }).save(saving(orders), 1)).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })

  it('says that an object is not what it wrote', async () => {
    await client.send(new PutObjectCommand({ Bucket: server.bucket, Key: 'assets/raw/orders/@value.v8', Body: 'hello' }))
    await expect(async () => managerOf().load(loading(orders))).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' })
  })

  it('takes bucket and keys from the environment, when it needs them', async () => {
    const manager = managerOf({
      bucket: env('TEST_BUCKET'),
      credentials: { accessKeyId: env('TEST_KEY'), secretAccessKey: env('TEST_SECRET') },
    })
    await expect(async () => manager.save(saving(orders), 1)).rejects.toMatchObject({ code: 'ENV_MISSING' })
    Object.assign(process.env, { TEST_BUCKET: server.bucket, TEST_KEY: 'S3RVER', TEST_SECRET: 'S3RVER' })
    await manager.save(saving(orders), 1)
    for (const name of ['TEST_BUCKET', 'TEST_KEY', 'TEST_SECRET']) delete process.env[name]
    expect(await managerOf().load(loading(orders))).toBe(1)
  })

  it('refuses a format that it does not know', () => {
    expect(() => managerOf({ format: 'csv' as never })).toThrow('format is "csv"')
  })

  it('saves and reads a stream of 150 MB through 96 MB of heap', async () => {
    const report = await sendThrough('s3', server.endpoint, { bytes: 150_000_000, heapMegabytes: 96 })
    expect(report).toMatchObject({ rows: 150_000, characters: 150_000_000, inOrder: true })
    expect(report.residentMegabytes).toBeLessThan(600)
  })

  it('reads rows in every shape, by a format of its own', async () => {
    const manager = managerOf({ format: parquetFormat() })
    await manager.save(saving(orders), [{ id: 1 }].values())
    expect(await manager.load(loading(orders, { as: 'rows' }))).toEqual([{ id: 1 }])
    expect(await gathered((await manager.load(loading(orders))) as AsyncIterable<unknown>)).toEqual([{ id: 1 }])
  })
})
