import { AssetryError } from './errors.ts'
import { type EnvVariable, isEnvVariable } from './env.ts'
import { type Duration, milliseconds } from './duration.ts'

/** How a sender signs: Standard Webhooks, GitHub's, Stripe's, or an HMAC in a header of one's own. */
export type SignatureStyle = 'standard' | 'github' | 'stripe' | 'generic'

/** How senders of events prove who they are, by a secret that both know. */
export interface WebhookSignature {
  readonly style: SignatureStyle
  /** The environment variable of the server that holds the secret; several while it is being changed. */
  readonly secret: EnvVariable | readonly EnvVariable[]
  /** `generic` only: the header that holds the hexadecimal HMAC-SHA256 of the body, also after `sha256=`. */
  readonly header?: string
  /** Longest age of a signed time, where the style has one. @default 5 minutes */
  readonly tolerance?: Duration
}

/** The same as plain data: names of variables, never a secret. */
export interface WebhookSignatureSpec {
  readonly style: SignatureStyle
  readonly environment: readonly string[]
  /** In lower case. */
  readonly header: string | null
  readonly toleranceMs: number
}

const styles: readonly SignatureStyle[] = ['standard', 'github', 'stripe', 'generic']
const defaultTolerance: Duration = '5 minutes'

/** Checks the option `signature` of a sensor. @throws `INVALID_OPTION` */
export function signatureOption(owner: string, given: WebhookSignature | undefined): WebhookSignatureSpec | undefined {
  if (given === undefined) return undefined
  if (!styles.includes(given.style)) throw refused(owner, `style is ${JSON.stringify(given.style)}, not one of ${styles.join(', ')}.`)
  if ((given.style === 'generic') !== (given.header !== undefined))
    throw refused(owner, given.header === undefined ? 'the style generic needs a header.' : 'only the style generic takes a header.')
  return {
    style: given.style,
    environment: variablesOf(owner, given.secret),
    header: given.header?.toLowerCase() ?? null,
    toleranceMs: milliseconds(given.tolerance ?? defaultTolerance, `${owner}: signature.tolerance`),
  }
}

function variablesOf(owner: string, secret: WebhookSignature['secret']): readonly string[] {
  const variables: readonly unknown[] = Array.isArray(secret) ? secret : [secret]
  if (variables.length > 0 && variables.every(isEnvVariable)) return variables.map(({ name }) => name)
  throw refused(owner, `secret is not env('NAME'). A secret in the definitions would be read by whoever reads these.`)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: signature: ${text}`, { facts: { owner } })
}
