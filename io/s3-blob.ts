import type { S3Client } from '@aws-sdk/client-s3'
import type { Blob } from './blob-store.ts'
import type { S3Library } from './s3-library.ts'
import { unreadable } from './value-codec.ts'

/** An object in a bucket. */
export interface S3Object {
  readonly library: S3Library
  readonly client: S3Client
  readonly bucket: string
  readonly key: string
  readonly signal: AbortSignal
}

/** What the first request asks for, which is all of a small object: 256 KiB. */
const firstBytes = 256 * 1024

/** What is asked for at a time where all of an object is wanted: 8 MiB. No connection stays open while a reader takes its time. */
const chunkBytes = 8 * 1024 * 1024

interface Piece {
  readonly bytes: Buffer
  readonly etag: string | undefined
  /** Of the whole object. */
  readonly size: number
}

/** Opens an object; undefined where there is none. One that is replaced while it is read is an error, never a mixture. */
export async function openS3Object(object: S3Object): Promise<Blob | undefined> {
  const first = await pieceOf(object, 0, firstBytes).catch((error: unknown) => {
    if (nameOf(error) === 'NoSuchKey') return undefined
    // An object without bytes has no range that could be asked for.
    if (nameOf(error) === 'InvalidRange') return { bytes: Buffer.alloc(0), etag: undefined, size: 0 }
    throw error
  })
  return first === undefined ? undefined : blobOf(object, first)
}

function blobOf(object: S3Object, first: Piece): Blob {
  const slice = async (start: number, end: number): Promise<Buffer> => {
    const last = Math.min(end, first.size)
    if (last <= first.bytes.length) return first.bytes.subarray(start, last)
    const piece = await pieceOf(object, start, last)
    if (piece.etag === first.etag && piece.size === first.size) return piece.bytes
    throw unreadable(`s3://${object.bucket}/${object.key}`, 'it was replaced while it was read')
  }
  return {
    byteLength: first.size,
    slice,
    async *chunks() {
      if (first.bytes.length > 0) yield first.bytes
      for (let start = first.bytes.length; start < first.size; start += chunkBytes) yield await slice(start, start + chunkBytes)
    },
    close: () => Promise.resolve(),
  }
}

async function pieceOf({ library, client, bucket, key, signal }: S3Object, start: number, end: number): Promise<Piece> {
  const command = new library.GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end - 1}` })
  const { Body: body, ContentRange: range, ETag: etag } = await client.send(command, { abortSignal: signal })
  const bytes = Buffer.from((await body?.transformToByteArray()) ?? [])
  return { bytes, etag, size: Number(/\/(\d+)$/.exec(range ?? '')?.[1] ?? bytes.length) }
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined
}
