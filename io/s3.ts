import type { S3Client } from '@aws-sdk/client-s3'
import { AssetryError } from '../definitions/errors.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { blobManager } from './blob-manager.ts'
import { cloneFormat } from './clone-format.ts'
import { jsonFormat } from './json-format.ts'
import { type LateText, lateText } from './late-text.ts'
import type { S3Library } from './s3-library.ts'
import { s3Store } from './s3-store.ts'
import type { ValueFormat } from './value-format.ts'

export type { LateText } from './late-text.ts'
export type { ValueFormat } from './value-format.ts'

/** Options of {@link s3IOManager}. */
export interface S3ManagerOptions {
  readonly bucket: LateText
  /** What all keys begin with, such as `assets/production`. @default none */
  readonly prefix?: string
  /** Address of a store that is not Amazon's: MinIO, R2, Ceph … Its buckets are named in the path. @default Amazon's */
  readonly endpoint?: LateText
  /** @default that of the environment, as the AWS SDK reads it; with an `endpoint`, else `us-east-1` */
  readonly region?: LateText
  /** @default those of the environment, a profile or the machine, as the AWS SDK finds them */
  readonly credentials?: S3Credentials
  /** `clone` keeps what `filesystemIOManager()` does, `json` what `jsonIOManager()` does; `parquetFormat()` and `arrowFormat()` keep tables. @default 'clone' */
  readonly format?: 'clone' | 'json' | ValueFormat
}

/** Keys to a store. */
export interface S3Credentials {
  readonly accessKeyId: LateText
  readonly secretAccessKey: LateText
  readonly sessionToken?: LateText
}

/**
 * Keeps one object a value in a bucket of S3, or of a store that speaks like it: `<prefix>/<key>/@value.v8`, or
 * `<prefix>/<key>/<partition>.v8`. Streams go out in parts, and become visible together. Needs `@aws-sdk/client-s3`.
 *
 * @example
 * ```ts
 * definitions({ assets, ioManager: s3IOManager({ bucket: 'data', prefix: 'assets', format: parquetFormat() }) })
 * ```
 * @throws `INVALID_OPTION`
 */
export function s3IOManager(options: S3ManagerOptions): IOManager {
  const { bucket, prefix = '', format = 'clone' } = options
  const connect = (library: S3Library): S3Client => clientOf(library, options)
  return blobManager('s3', formatOf(format), s3Store({ bucket: () => textOf('bucket', bucket), prefix: prefixOf(prefix), connect }))
}

function clientOf(library: S3Library, { endpoint, region, credentials }: S3ManagerOptions): S3Client {
  return new library.S3Client({
    ...(region !== undefined && { region: textOf('region', region) }),
    ...(credentials !== undefined && { credentials: credentialsOf(credentials) }),
    ...(endpoint !== undefined && {
      endpoint: textOf('endpoint', endpoint),
      region: region === undefined ? (process.env['AWS_REGION'] ?? 'us-east-1') : textOf('region', region),
      forcePathStyle: true,
      // Not every store knows the checksums that the SDK adds for Amazon's.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  })
}

function credentialsOf({ accessKeyId, secretAccessKey, sessionToken }: S3Credentials): {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
} {
  return {
    accessKeyId: textOf('credentials.accessKeyId', accessKeyId),
    secretAccessKey: textOf('credentials.secretAccessKey', secretAccessKey),
    ...(sessionToken !== undefined && { sessionToken: textOf('credentials.sessionToken', sessionToken) }),
  }
}

function textOf(option: string, setting: LateText): string {
  return lateText(`s3IOManager(): ${option}`, setting)
}

function formatOf(format: 'clone' | 'json' | ValueFormat): ValueFormat {
  if (typeof format === 'object') return format
  if (format === 'clone') return cloneFormat
  if (format === 'json') return jsonFormat
  throw new AssetryError(
    'INVALID_OPTION',
    `s3IOManager(): format is ${JSON.stringify(format)}. Use "clone", "json", parquetFormat() or arrowFormat().`,
    { facts: { format } },
  )
}

/** A prefix without slashes at its ends, and with one behind it. @throws `INVALID_OPTION` */
function prefixOf(prefix: string): string {
  const parts = prefix.replace(/^\/+|\/+$/g, '').split('/')
  if (parts.length === 1 && parts[0] === '') return ''
  if (!parts.some((part) => part === '' || part === '.' || part === '..')) return `${parts.join('/')}/`
  throw new AssetryError(
    'INVALID_OPTION',
    `s3IOManager(): prefix is ${JSON.stringify(prefix)}. Use names with "/" between them, none of them empty, "." or "..".`,
    { facts: { prefix } },
  )
}
