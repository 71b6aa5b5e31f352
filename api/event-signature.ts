import { createHmac, timingSafeEqual } from 'node:crypto'
import { AssetryError } from '../definitions/errors.ts'
import type { WebhookSignatureSpec } from '../definitions/webhook-signature.ts'

/** What of a request a signature is about. */
export interface SignedRequest {
  readonly body: string
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
}

/**
 * Makes sure that a request was signed by somebody who knows one of the secrets.
 *
 * @throws `ENV_MISSING` where the server has none of the secrets, `NOT_AUTHORISED`
 */
export function checkSignature(spec: WebhookSignatureSpec, request: SignedRequest, environment: NodeJS.ProcessEnv, now: number): void {
  const secrets = spec.environment.flatMap((name) => environment[name] || []).filter((secret) => keyOf(spec, secret).length > 0)
  if (secrets.length === 0) {
    throw new AssetryError(
      'ENV_MISSING',
      `The signature can't be checked: the server's environment has no ${spec.environment.join(' or ')}. Start it with the secret that the sender signs with.`,
      { facts: { names: spec.environment } },
    )
  }
  const { signed, given, time } = partsOf(spec, request)
  if (time !== undefined && !(Math.abs(now - time) <= spec.toleranceMs)) throw refused('is older, or newer, than the tolerance')
  const isRight = secrets.some((secret) => given.some((each) => isSame(each, macOf(spec, secret, signed))))
  if (!isRight) throw refused('is missing, or not made with the secret')
}

interface SignatureParts {
  readonly signed: string
  readonly given: readonly Buffer[]
  /** When it was signed. Unit: milliseconds. */
  readonly time?: number
}

function partsOf({ style, header }: WebhookSignatureSpec, request: SignedRequest): SignatureParts {
  const { body } = request
  switch (style) {
    case 'standard': {
      const [id = '', time = ''] = [request.header('webhook-id'), request.header('webhook-timestamp')]
      const given = (request.header('webhook-signature') ?? '').split(' ').filter((each) => each.startsWith('v1,'))
      return {
        signed: `${id}.${time}.${body}`,
        given: given.map((each) => Buffer.from(each.slice(3), 'base64')),
        time: Number(time) * 1_000,
      }
    }
    case 'github':
      return { signed: body, given: hex([request.header('x-hub-signature-256')]) }
    case 'stripe': {
      const fields = (request.header('stripe-signature') ?? '').split(',').map((field) => field.trim().split('=') as [string, string?])
      const valuesOf = (name: string): readonly string[] => fields.flatMap(([key, value]) => (key === name && value ? [value] : []))
      const [time = ''] = valuesOf('t')
      return { signed: `${time}.${body}`, given: hex(valuesOf('v1')), time: Number(time) * 1_000 }
    }
    case 'generic':
      return { signed: body, given: hex([request.header(header ?? '')]) }
  }
}

function hex(values: readonly (string | undefined)[]): readonly Buffer[] {
  return values.flatMap((value) => (value === undefined ? [] : [Buffer.from(value.replace(/^sha256=/, ''), 'hex')]))
}

/** Standard Webhooks writes its secrets in base64 behind `whsec_`. */
function keyOf({ style }: WebhookSignatureSpec, secret: string): Buffer {
  return style === 'standard' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : Buffer.from(secret)
}

function macOf(spec: WebhookSignatureSpec, secret: string, signed: string): Buffer {
  return createHmac('sha256', keyOf(spec, secret)).update(signed).digest()
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function refused(why: string): AssetryError {
  return new AssetryError('NOT_AUTHORISED', `The request's signature ${why}. Nothing was kept.`)
}
