import type { InputShape } from '../definitions/input-shape.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { Blob, BlobContent } from './blob-store.ts'

/** How values become bytes and back. {@link BlobStore}s keep the bytes. */
export interface ValueFormat {
  readonly name: string
  /** The extensions that it writes, with their dots, in the order in which they are looked for. */
  readonly extensions: readonly string[]
  /** @throws `VALUE_NOT_STORABLE`, also while content is read that comes in chunks */
  encode(value: unknown, context: EncodeContext): EncodedValue | Promise<EncodedValue>
  /** @throws `VALUE_UNREADABLE` */
  decode(source: BlobSource, context: DecodeContext): Promise<unknown>
}

/** What `encode` gets beside the value. */
export interface EncodeContext {
  /** Whose value it is, for the text of errors: `asset "orders"`. */
  readonly owner: string
  readonly signal: AbortSignal
}

/** A value as bytes. */
export interface EncodedValue {
  readonly extension: string
  readonly content: BlobContent
  /** What has become known of the value, for the materialization's metadata. Called when the content is written. */
  facts?(): Readonly<Record<string, MetadataInput>>
}

/** Stored bytes that can be opened any number of times. */
export interface BlobSource {
  /** Where they are, for the text of errors. */
  readonly where: string
  readonly extension: string
  /** Opened already, once; `decode` closes it. */
  readonly first: Blob
  /** Opens them again; what is there now. @throws `VALUE_NOT_FOUND` */
  open(): Promise<Blob>
}

/** How a value is to be read. */
export interface DecodeContext {
  /** Undefined: as it was saved. A format may leave it to the caller to make rows of a stream or the other way round. */
  readonly shape: InputShape | undefined
  /** Undefined: all. */
  readonly columns: readonly string[] | undefined
  readonly signal: AbortSignal
}
