import type { S3Client } from '@aws-sdk/client-s3'
import type { BlobWrite } from './blob-store.ts'
import type { S3Library } from './s3-library.ts'

/** Where an object is put, and what it is. */
export interface S3Target {
  readonly library: S3Library
  readonly client: S3Client
  readonly bucket: string
  readonly key: string
  readonly contentType: string
}

/**
 * Size of a part: 16 MiB, so that the 10,000 parts which S3 allows make 160 GB. All but the last have the same size,
 * which R2 asks for.
 */
export const partBytes = 16 * 1024 * 1024

/** Parts on their way at once, each of which is held in memory. */
const partsInFlight = 3

/** Puts bytes that are there. They become visible when the request ends. */
export async function putWhole(
  { library, client, bucket, key, contentType }: S3Target,
  bytes: Uint8Array,
  write: BlobWrite,
): Promise<number> {
  await write.confirm()
  const command = new library.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType })
  await client.send(command, { abortSignal: write.signal })
  return bytes.length
}

/** Puts bytes that come in chunks: in one request where they are few, else in parts, which become visible together. */
export async function putChunks(target: S3Target, chunks: AsyncIterable<Uint8Array>, write: BlobWrite): Promise<number> {
  let upload: S3Upload | undefined
  let waiting: Uint8Array[] = []
  let bytes = 0
  let total = 0
  try {
    for await (const chunk of chunks) {
      write.signal.throwIfAborted()
      total += chunk.length
      for (const piece of piecesOf(chunk, partBytes - bytes)) {
        waiting.push(piece)
        bytes += piece.length
        if (bytes < partBytes) continue
        upload ??= await S3Upload.begin(target, write.signal)
        await upload.add(Buffer.concat(waiting))
        waiting = []
        bytes = 0
      }
    }
    if (upload === undefined) return await putWhole(target, Buffer.concat(waiting), write)
    if (bytes > 0) await upload.add(Buffer.concat(waiting))
    await upload.complete(write)
    return total
  } catch (error) {
    await upload?.abort()
    throw error
  }
}

/** Cuts a chunk where a part is full: after `first` bytes, then after each part's size. */
function* piecesOf(chunk: Uint8Array, first: number): Generator<Uint8Array> {
  let end = Math.min(first, chunk.length)
  yield chunk.subarray(0, end)
  while (end < chunk.length) {
    const start = end
    end = Math.min(start + partBytes, chunk.length)
    yield chunk.subarray(start, end)
  }
}

/** One multipart upload. Nothing of it is visible before {@link complete}. */
class S3Upload {
  readonly #target: S3Target
  readonly #signal: AbortSignal
  readonly #id: string
  readonly #etags: (string | undefined)[] = []
  readonly #inFlight = new Set<Promise<void>>()
  #failed: { readonly error: unknown } | undefined

  private constructor(target: S3Target, signal: AbortSignal, id: string) {
    this.#target = target
    this.#signal = signal
    this.#id = id
  }

  static async begin(target: S3Target, signal: AbortSignal): Promise<S3Upload> {
    const { library, client, bucket, key, contentType } = target
    const command = new library.CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: contentType })
    const { UploadId: id } = await client.send(command, { abortSignal: signal })
    return new S3Upload(target, signal, id ?? '')
  }

  /** Sends a part; waits only where too many are on their way. */
  async add(bytes: Uint8Array): Promise<void> {
    while (this.#inFlight.size >= partsInFlight) await Promise.race(this.#inFlight)
    this.#throwFailure()
    const index = this.#etags.push(undefined) - 1
    const sent: Promise<void> = this.#send(bytes, index)
      .catch((error: unknown) => void (this.#failed ??= { error }))
      .finally(() => this.#inFlight.delete(sent))
    this.#inFlight.add(sent)
  }

  async #send(bytes: Uint8Array, index: number): Promise<void> {
    const { library, client } = this.#target
    const command = new library.UploadPartCommand({ ...this.#names(), PartNumber: index + 1, Body: bytes })
    this.#etags[index] = (await client.send(command, { abortSignal: this.#signal })).ETag
  }

  /** Makes all parts visible as one object, once the attempt may still write. */
  async complete({ confirm }: BlobWrite): Promise<void> {
    await Promise.all(this.#inFlight)
    this.#throwFailure()
    const { library, client } = this.#target
    const parts = this.#etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
    await confirm()
    const command = new library.CompleteMultipartUploadCommand({ ...this.#names(), MultipartUpload: { Parts: parts } })
    await client.send(command, { abortSignal: this.#signal })
  }

  /** Throws away what was sent. Where even that fails, the bucket's rule for unfinished uploads is what is left. */
  async abort(): Promise<void> {
    await Promise.all(this.#inFlight)
    const { library, client } = this.#target
    await client.send(new library.AbortMultipartUploadCommand(this.#names())).catch(() => undefined)
  }

  #throwFailure(): void {
    if (this.#failed !== undefined) throw this.#failed.error
  }

  #names(): { readonly Bucket: string; readonly Key: string; readonly UploadId: string } {
    return { Bucket: this.#target.bucket, Key: this.#target.key, UploadId: this.#id }
  }
}
