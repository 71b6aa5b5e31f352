import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver, { type Context } from 's3rver'

/** An S3 server of a test's own, on a free port of 127.0.0.1. */
export interface S3Server {
  readonly endpoint: string
  readonly bucket: string
  /** What the server takes for a key and its secret. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The requests since the server was started or {@link clear} was called: `PUT /bucket/key`. */
  readonly requests: readonly string[]
  /** Ids of multipart uploads that were begun, and neither completed nor aborted. */
  uploads(): Promise<readonly string[]>
  /** Removes all objects. */
  clear(): Promise<void>
  stop(): Promise<void>
}

const bucket = 'data'

function refuseRange(context: Context): void {
  context.response.remove('Content-Range')
  context.status = 416
  context.type = 'application/xml'
  context.body =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidRange</Code><Message>The requested range is not satisfiable</Message></Error>'
}

export async function startS3(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'assetry-s3-'))
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] })
  const uploadsFolder = join(directory, bucket, '._S3rver_uploads')
  const requests: string[] = []
  server.middleware.unshift(async (context, next) => {
    requests.push(`${context.method} ${context.path}`)
    const { uploadId } = context.query
    // The one operation that this server lacks: AbortMultipartUpload.
    if (context.method === 'DELETE' && uploadId !== undefined) {
      await rm(join(uploadsFolder, uploadId), { recursive: true })
      context.status = 204
      return
    }
    await next()
    // Of an object without bytes it sends one that isn't there; Amazon's refuses.
    if (context.response.get('Content-Range') === 'bytes 0-0/0') refuseRange(context)
  })
  const { port } = await server.run()
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    requests,
    uploads: () => readdir(uploadsFolder).catch(() => []),
    clear: async () => {
      await rm(join(directory, bucket), { recursive: true })
      await mkdir(join(directory, bucket))
      requests.length = 0
    },
    stop: async () => {
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
