import type { StoredValue } from '../definitions/io-manager.ts'

/** A place that keeps bytes by name: a folder, or a bucket. Values get into it in a {@link ValueFormat}. */
export interface BlobStore {
  /**
   * Where a value is, with one of the extensions of its format. Different values never share a name.
   *
   * @throws `STORAGE_PATH_REFUSED`
   */
  nameOf(value: StoredValue, extension: string, extensions: readonly string[]): string
  /** Where a name is, for people. */
  addressOf(name: string): string
  /**
   * Writes all of `content`, or, where anything fails, nothing. Readers see what was there before until the last byte is written.
   *
   * @returns number of bytes
   */
  write(name: string, content: BlobContent, options: BlobWrite): Promise<number>
  /** Undefined where nothing has this name. */
  open(name: string, signal: AbortSignal): Promise<Blob | undefined>
  /** Does nothing where nothing has this name. */
  remove(name: string): Promise<void>
}

/** Bytes that are there, or that come in chunks. */
export type BlobContent = Uint8Array | AsyncIterable<Uint8Array>

/** What {@link BlobStore.write} is told. */
export interface BlobWrite {
  /** Awaited when the bytes are written, right before they become visible. */
  readonly confirm: () => Promise<void>
  readonly signal: AbortSignal
}

/** Bytes that a {@link BlobStore} keeps. What they are does not change while it is open. */
export interface Blob {
  readonly byteLength: number
  /** The bytes from `start` to before `end`. */
  slice(start: number, end: number): Promise<Buffer>
  /** All of them from the beginning, in chunks. */
  chunks(): AsyncIterable<Buffer>
  close(): Promise<void>
}
