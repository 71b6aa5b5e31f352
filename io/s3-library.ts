import type * as ClientS3 from '@aws-sdk/client-s3'
import { peer } from './peer.ts'

/** The library that talks to S3. */
export type S3Library = typeof ClientS3

/** @throws `PEER_MISSING` */
export function s3Library(): Promise<S3Library> {
  return peer('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'), 'assetry/io/s3')
}
