import { deserialize, serialize } from 'node:v8'
import { AssetryError } from '../definitions/errors.ts'
import { unstorablePart } from './value-check.ts'

/** First bytes of a stored value: "ASTRY", the version of this header, the codec (1: one value), and one byte kept free. */
const header = Buffer.from([0x41, 0x53, 0x54, 0x52, 0x59, 1, 1, 0])

/**
 * The bytes of a value, by `node:v8` structured cloning behind a small header. Dates, maps, sets, bigints, typed arrays,
 * regular expressions and cycles survive.
 *
 * @param owner - whose value it is, for the error's text
 * @throws `VALUE_NOT_STORABLE` with the path to what can't be stored
 */
export function encodeValue(owner: string, value: unknown): Buffer {
  const part = unstorablePart(value)
  if (part !== undefined) throw notStorable(owner, `${part.path} is ${part.what}`)
  return Buffer.concat([header, cloned(owner, value)])
}

/**
 * The value of bytes made by {@link encodeValue}.
 *
 * @param where - where the bytes were found, for the error's text
 * @throws `VALUE_UNREADABLE`
 */
export function decodeValue(where: string, bytes: Buffer): unknown {
  if (bytes.length < header.length || !bytes.subarray(0, header.length).equals(header)) {
    throw unreadable(where, 'it does not begin as a value stored by Assetry does')
  }
  return uncloned(where, bytes.subarray(header.length))
}

/** Structured cloning of what has been checked. @throws `VALUE_NOT_STORABLE` */
export function cloned(owner: string, value: unknown): Buffer {
  try {
    return serialize(value)
  } catch (error) {
    throw notStorable(owner, error instanceof Error ? error.message : String(error), error)
  }
}

/** What {@link cloned} was given. @throws `VALUE_UNREADABLE` */
export function uncloned(where: string, bytes: Buffer): unknown {
  try {
    return deserialize(bytes)
  } catch (error) {
    throw unreadable(where, error instanceof Error ? error.message : String(error), error)
  }
}

/** The error for a value that structured cloning can't keep. */
export function notStorable(owner: string, why: string, cause?: unknown): AssetryError {
  return new AssetryError(
    'VALUE_NOT_STORABLE',
    `The value of ${owner} can't be stored: ${why}. Return plain data (objects, arrays, numbers, strings, dates, maps, sets, typed arrays), ` +
      `or give the asset an IO manager that knows how to store it.`,
    { facts: { owner, why }, cause },
  )
}

/** The error for stored bytes that are not what was written. */
export function unreadable(where: string, why: string, cause?: unknown): AssetryError {
  return new AssetryError('VALUE_UNREADABLE', `${where} can't be read: ${why}. Materialize the asset again to replace it.`, {
    facts: { where, why },
    cause,
  })
}
