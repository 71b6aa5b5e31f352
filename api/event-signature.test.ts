import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SignatureStyle, WebhookSignatureSpec } from '../definitions/webhook-signature.ts'
import { checkSignature } from './event-signature.ts'

const body = '{"file":"ä.csv"}'
const now = Date.parse('2026-01-31T06:00:00Z')
const secrets = { NEW_SECRET: 'whsec_bmV3IHNlY3JldA==', OLD_SECRET: 'whsec_b2xkIHNlY3JldA==' }

const specOf = (style: SignatureStyle): WebhookSignatureSpec => ({
  style,
  environment: ['NEW_SECRET', 'OLD_SECRET'],
  header: style === 'generic' ? 'x-signature' : null,
  toleranceMs: 300_000,
})

interface Signing {
  readonly secret?: string
  readonly ageMs?: number
  readonly text?: string
}

/** The headers of a sender: written anew from what each style says, not from what checks it. */
function signed(style: SignatureStyle, { secret = secrets.NEW_SECRET, ageMs = 0, text = body }: Signing = {}): Record<string, string> {
  const seconds = String((now - ageMs) / 1_000)
  const hex = (message: string): string => createHmac('sha256', secret).update(message).digest('hex')
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const standard = createHmac('sha256', key).update(`msg_1.${seconds}.${text}`).digest('base64')
  return {
    standard: { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': `v1a,xyz v1,${standard}` },
    github: { 'x-hub-signature-256': `sha256=${hex(text)}` },
    stripe: { 'stripe-signature': `t=${seconds},v1=${'0'.repeat(64)},v1=${hex(`${seconds}.${text}`)},v0=1` },
    generic: { 'x-signature': hex(text) },
  }[style]
}

function codeOf(style: SignatureStyle, headers: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = secrets): unknown {
  try {
    checkSignature(specOf(style), { body, header: (name) => headers[name] }, environment, now)
    return 'accepted'
  } catch (error) {
    return (error as { readonly code: unknown }).code
  }
}

describe.each(['standard', 'github', 'stripe', 'generic'] as const)('a signature in the style %s', (style) => {
  it('is accepted with each of the secrets', () => {
    expect([codeOf(style, signed(style)), codeOf(style, signed(style, { secret: secrets.OLD_SECRET }))]).toEqual(['accepted', 'accepted'])
  })

  it('is refused where it is missing, by another secret, or of another body', () => {
    const wrong = [{}, signed(style, { secret: 'whsec_b3RoZXI=' }), signed(style, { text: '{}' })]
    expect(wrong.map((headers) => codeOf(style, headers))).toEqual(['NOT_AUTHORISED', 'NOT_AUTHORISED', 'NOT_AUTHORISED'])
  })

  it('is never accepted with a secret that is not there, or holds nothing', () => {
    const empty = createHmac('sha256', '').update(body).digest('hex')
    const headers = { ...signed(style), 'x-signature': empty, 'x-hub-signature-256': `sha256=${empty}` }
    expect(codeOf(style, headers, {})).toBe('ENV_MISSING')
    expect(codeOf(style, headers, { NEW_SECRET: '' })).toBe('ENV_MISSING')
  })
})

describe.each(['standard', 'stripe'] as const)('the time in a signature in the style %s', (style) => {
  it('is refused outside of the tolerance, before and after', () => {
    const ages = [-301_000, -299_000, 299_000, 301_000]
    expect(ages.map((ageMs) => codeOf(style, signed(style, { ageMs })))).toEqual([
      'NOT_AUTHORISED',
      'accepted',
      'accepted',
      'NOT_AUTHORISED',
    ])
  })

  it('is refused where it is none', () => {
    expect(codeOf(style, signed(style, { ageMs: Number.NaN }))).toBe('NOT_AUTHORISED')
  })
})

it('a Standard Webhooks secret without a key in it accepts nobody', () => {
  expect(codeOf('standard', signed('standard', { secret: 'whsec_' }), { NEW_SECRET: 'whsec_' })).toBe('ENV_MISSING')
})
