import type { S3Client } from '@aws-sdk/client-s3'
import { extname } from 'node:path'
import type { BlobStore } from './blob-store.ts'
import { openS3Object } from './s3-blob.ts'
import { type S3Library, s3Library } from './s3-library.ts'
import { putChunks, putWhole } from './s3-upload.ts'
import { storageName } from './storage-path.ts'

/** Which bucket, and how it is reached. */
export interface S3Place {
  readonly bucket: () => string
  /** What all keys begin with; ends with a slash where it is not empty. */
  readonly prefix: string
  readonly connect: (library: S3Library) => S3Client
}

/** Keeps blobs as objects of a bucket, below a prefix. */
export function s3Store({ bucket, prefix, connect }: S3Place): BlobStore {
  let client: S3Client | undefined
  const open = async (): Promise<{ readonly library: S3Library; readonly client: S3Client; readonly bucket: string }> => {
    const library = await s3Library()
    client ??= connect(library)
    return { library, client, bucket: bucket() }
  }
  return {
    nameOf: (value, extension, extensions) => `${prefix}${storageName(value, extension, extensions).join('/')}`,
    addressOf: (key) => `s3://${bucket()}/${key}`,
    async write(key, content, write) {
      const target = { ...(await open()), key, contentType: contentTypes[extname(key)] ?? 'application/octet-stream' }
      return content instanceof Uint8Array ? putWhole(target, content, write) : putChunks(target, content, write)
    },
    open: async (key, signal) => openS3Object({ ...(await open()), key, signal }),
    async remove(key) {
      const { library, client: connected, bucket: name } = await open()
      await connected.send(new library.DeleteObjectCommand({ Bucket: name, Key: key }))
    },
  }
}

/** By extension, for people who look into the bucket. */
const contentTypes: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.parquet': 'application/vnd.apache.parquet',
  '.arrow': 'application/vnd.apache.arrow.file',
}
