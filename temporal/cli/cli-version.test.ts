import { describe, expect, test } from 'vitest'
import { isAtLeast, parseServerVersion, serverVersionOf } from './cli-version.ts'

const never = new AbortController().signal

describe('the version of a Temporal CLI', () => {
  test('is read from a release, a build from source and nothing else', () => {
    expect(parseServerVersion('temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)\n')).toBe('1.29.1')
    expect(parseServerVersion('temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)\n')).toBe('1.29.1')
    expect(parseServerVersion('v20.20.2\n')).toBeUndefined()
  })

  test('is compared by numbers, not by letters', () => {
    expect(isAtLeast('1.29.0', '1.29.0')).toBe(true)
    expect(isAtLeast('1.30.0', '1.29.1')).toBe(true)
    expect(isAtLeast('1.9.1', '1.29.0')).toBe(false)
  })

  test('of a file that is missing or some other program is refused with the reason', async () => {
    await expect(serverVersionOf('/nowhere/temporal', never)).rejects.toThrow('there is no such file')
    await expect(serverVersionOf(process.execPath, never)).rejects.toThrow('does not print the version of a Temporal CLI')
  })
})
