import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAssetryError } from '../definitions/errors.ts'
import { temporalSettings } from './connection-settings.ts'

let home: string
let file: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'assetry-settings-'))
  file = join(home, 'temporal.toml')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('the settings of the connection to Temporal', () => {
  test('are those of a server on this machine where nothing is set', () => {
    const environment = { TEMPORAL_CONFIG_FILE: join(home, 'missing.toml'), TEMPORAL_ADDRESS: '', TEMPORAL_API_KEY: '' }
    expect(temporalSettings({ environment })).toEqual({
      address: 'localhost:7233',
      namespace: 'default',
      connectionOptions: { address: 'localhost:7233' },
    })
  })

  test('come from the environment; an API key goes over an encrypted connection only', () => {
    const environment = { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'data', TEMPORAL_API_KEY: 'secret' }
    expect(temporalSettings({ environment })).toMatchObject({
      address: 'temporal.example:7233',
      namespace: 'data',
      connectionOptions: { apiKey: 'secret', tls: true },
    })
  })

  test('come from a profile of the file that the temporal CLI uses too', () => {
    writeFileSync(file, '[profile.staging]\naddress = "staging.example:7233"\nnamespace = "staging"\n')
    const environment = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' }
    expect(temporalSettings({ environment })).toMatchObject({ address: 'staging.example:7233', namespace: 'staging' })
  })

  test('for a given address leave out all that belongs to another server', () => {
    const environment = { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'data', TEMPORAL_API_KEY: 'secret' }
    expect(temporalSettings({ address: '127.0.0.1:4000', environment })).toEqual({
      address: '127.0.0.1:4000',
      namespace: 'default',
      connectionOptions: { address: '127.0.0.1:4000' },
    })
  })

  test('that can not be read are refused without showing the API key', () => {
    writeFileSync(file, '[profile.default]\napi_key = "very secret" oops\n')
    const error = errorOf(() => temporalSettings({ environment: { TEMPORAL_CONFIG_FILE: file } }))
    expect(isAssetryError(error) && error.code).toBe('TEMPORAL_UNREACHABLE')
    expect(String(error)).toContain("The settings of the connection to Temporal can't be read: Invalid TOML document")
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toContain('very secret')
  })

  test('that name a certificate which is missing say which', () => {
    const environment = { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_TLS_CLIENT_CERT_PATH: join(home, 'client.pem') }
    expect(() => temporalSettings({ environment })).toThrow('client.pem')
  })
})

function errorOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
