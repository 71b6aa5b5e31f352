import { userFrame, userStack } from '../source-location.ts'

/** What the texts need of an error, whether it came over HTTP or was made in this process. */
export interface ShownError {
  readonly name: string
  readonly message: string
  readonly stack: string | null
  readonly code: string | null
}

/** A recorded error in one sentence. Assetry's own errors go by their code, under which they are documented. */
export function errorTitle({ code, name, message }: ShownError): string {
  return `${code ?? name}: ${message}`
}

/** A recorded error with its stack down to the user's frames; of Assetry's own errors, only the user's frames. */
export function errorWithStack(error: ShownError): string {
  if (error.stack === null) return errorTitle(error)
  if (error.code === null) return userStack(error.stack)
  const frames = error.stack.split('\n').filter((line) => userFrame(line) !== undefined)
  return [errorTitle(error), ...frames].join('\n')
}
