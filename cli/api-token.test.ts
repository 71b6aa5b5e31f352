import { describe, expect, it } from 'vitest'
import { isAssetryError } from '../definitions/errors.ts'
import { apiToken, isOpenToOthers } from './api-token.ts'

/** What a call is refused with. */
function refusal(call: () => unknown): { readonly code: string; readonly text: string } {
  try {
    call()
  } catch (error) {
    if (isAssetryError(error)) return { code: error.code, text: error.message + JSON.stringify(error.facts) }
    throw error
  }
  throw new Error('it was not refused')
}

describe('apiToken', () => {
  it('is what ASSETRY_TOKEN holds, and nothing where that is not set or empty', () => {
    expect(apiToken({ ASSETRY_TOKEN: '0123456789abcdef' })).toBe('0123456789abcdef')
    expect(apiToken({ ASSETRY_TOKEN: '' })).toBeUndefined()
    expect(apiToken({})).toBeUndefined()
  })

  it.each(['fifteen-letters', 'a token with spaces', 'sixteen-letters\nand-a-line', 'sechzehn-Zeichen-ü'])(
    'refuses %j, without saying it',
    (token) => {
      const { code, text } = refusal(() => apiToken({ ASSETRY_TOKEN: token }))
      expect(code).toBe('USAGE')
      expect(text).toContain('ASSETRY_TOKEN')
      expect(text).not.toContain(token)
    },
  )
})

describe('isOpenToOthers', () => {
  const beyond = ['0.0.0.0', '::', '10.0.0.5', 'fe80::1', '', 'data.example', '127.0.0.1.example', '::ffff:10.0.0.5']

  it.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])('lets %s be without a token', (host) => {
    expect(isOpenToOthers({ host, token: undefined, insecure: false })).toBe(false)
  })

  it.each(beyond)('refuses "%s" without a token, and says how to set one', (host) => {
    const { code, text } = refusal(() => isOpenToOthers({ host, token: undefined, insecure: false }))
    expect(code).toBe('USAGE')
    expect(text).toContain('ASSETRY_TOKEN')
    expect(text).toContain('--insecure')
  })

  it.each(beyond)('takes "%s" with a token, or where it is said that it is meant', (host) => {
    expect(isOpenToOthers({ host, token: '0123456789abcdef', insecure: false })).toBe(false)
    expect(isOpenToOthers({ host, token: undefined, insecure: true })).toBe(true)
  })
})
