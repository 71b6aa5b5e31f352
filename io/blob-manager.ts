import { inputColumns, inputShape } from '../definitions/input-shape.ts'
import { type IOManager, ioManager, type LoadContext, type StoredValue } from '../definitions/io-manager.ts'
import { MetadataValue } from '../definitions/metadata-value.ts'
import type { Blob, BlobStore } from './blob-store.ts'
import type { BlobSource, ValueFormat } from './value-format.ts'
import { valueNotFound } from './value-not-found.ts'

/** An IO manager that keeps values in a format as blobs of a store. */
export function blobManager(name: string, format: ValueFormat, store: BlobStore): IOManager {
  const { extensions } = format
  const nameOf = (value: StoredValue, extension: string): string => store.nameOf(value, extension, extensions)
  return ioManager({
    name,
    async save(context, value) {
      const { signal } = context
      const encoded = await format.encode(value, { owner: `asset "${context.assetKey}"`, signal })
      const blob = nameOf(context, encoded.extension)
      const bytes = await store.write(blob, encoded.content, { confirm: () => context.confirm(), signal })
      for (const extension of extensions) if (extension !== encoded.extension) await store.remove(nameOf(context, extension))
      context.addMetadata({ path: MetadataValue.path(store.addressOf(blob)), bytes, ...encoded.facts?.() })
    },
    async load(context) {
      const source = await sourceOf(context, format, store)
      const { inputMetadata, signal } = context
      return format.decode(source, { shape: inputShape(inputMetadata), columns: inputColumns(inputMetadata), signal })
    },
  })
}

/** Finds the value under one of the format's extensions. @throws `VALUE_NOT_FOUND` */
async function sourceOf(context: LoadContext, { extensions }: ValueFormat, store: BlobStore): Promise<BlobSource> {
  // Twice where there are several: a save that changes the extension may pass by in between.
  const tries = extensions.length > 1 ? [...extensions, ...extensions] : extensions
  for (const extension of tries) {
    const blob = store.nameOf(context, extension, extensions)
    const first = await store.open(blob, context.signal)
    if (first !== undefined) return { where: store.addressOf(blob), extension, first, open: () => openAgain(context, store, blob) }
  }
  throw valueNotFound(context, store.addressOf(store.nameOf(context, extensions[0] ?? '', extensions)))
}

async function openAgain(context: LoadContext, store: BlobStore, blob: string): Promise<Blob> {
  const again = await store.open(blob, context.signal)
  if (again === undefined) throw valueNotFound(context, store.addressOf(blob))
  return again
}
