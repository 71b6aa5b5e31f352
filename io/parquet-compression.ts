import * as zlib from 'node:zlib'
import type { CompressionCodec, Compressors as Decompressors } from 'hyparquet'
import type { ParquetWriter } from 'hyparquet-writer'

/** How Parquet files are compressed. */
export type ParquetCompression = 'snappy' | 'gzip' | 'brotli' | 'none'

type Compressors = NonNullable<ConstructorParameters<typeof ParquetWriter>[0]['compressors']>

/** Parquet's names. */
export const codecs: Readonly<Record<ParquetCompression, CompressionCodec>> = {
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  brotli: 'BROTLI',
  none: 'UNCOMPRESSED',
}

/** Quality of brotli, 0 to 11. Above 5 it takes ten times as long for a few percent (brotli's own benchmarks). */
const brotliQuality = 5

/** What `hyparquet-writer` can't compress itself. */
export const compressors: Compressors = {
  GZIP: (bytes) => zlib.gzipSync(bytes),
  BROTLI: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: brotliQuality } }),
}

/** What `hyparquet` can't decompress itself. Zstandard is for files of other programs, and there from Node 22.15 on. */
export const decompressors: Decompressors = {
  GZIP: (bytes) => zlib.gunzipSync(bytes),
  BROTLI: (bytes) => zlib.brotliDecompressSync(bytes),
  ...('zstdDecompressSync' in zlib && { ZSTD: zlib.zstdDecompressSync as (bytes: Uint8Array) => Uint8Array }),
}
