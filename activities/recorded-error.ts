import { isAssetryError } from '../definitions/errors.ts'
import { isFailure } from '../definitions/failure.ts'
import { metadataOf } from '../definitions/metadata-value.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import type { RecordedError } from '../metadata/stores/recorded-error.ts'

/** Longest message and stack that are kept, in characters: what a person reads, not what a program dumped into an error. */
const longestText = 16_000

/** Causes that are followed, so that an error that causes itself ends. */
const deepestCause = 5

/** An error as it is recorded and shown: plain data, with secrets taken out. */
export function recordedError(error: unknown, secrets: SecretMask, depth = 0): RecordedError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: cut(secrets.text(String(error))), stack: null, code: null, metadata: null, cause: null }
  }
  return {
    name: error.name,
    message: cut(secrets.text(error.message)),
    stack: error.stack === undefined ? null : cut(secrets.text(error.stack)),
    code: isAssetryError(error) ? error.code : null,
    metadata: isFailure(error) ? secrets.json(metadataOf('a Failure', error.metadata)) : null,
    cause: error.cause === undefined || depth >= deepestCause ? null : recordedError(error.cause, secrets, depth + 1),
  }
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}… (${text.length - longestText} more characters)`
}
