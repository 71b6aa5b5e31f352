import { describe, expect, test } from 'vitest'
import { cachedCliPath } from './cli-cache.ts'

describe('the cache of the Temporal CLI', () => {
  test.each([
    ['linux', {}, '/home/ada/.cache/assetry/temporal/1.5.1/temporal'],
    ['linux', { XDG_CACHE_HOME: '/var/cache/ada' }, '/var/cache/ada/assetry/temporal/1.5.1/temporal'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ada/.cache/assetry/temporal/1.5.1/temporal'],
    ['darwin', {}, '/home/ada/Library/Caches/assetry/temporal/1.5.1/temporal'],
  ] as const)('is on %s with %j at %s', (platform, environment, path) => {
    expect(cachedCliPath({ platform, home: '/home/ada', environment })).toBe(path)
  })

  test('is on Windows under the local application data', () => {
    const environment = { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }
    expect(cachedCliPath({ platform: 'win32', home: 'C:\\Users\\ada', environment })).toBe(
      'C:\\Users\\ada\\AppData\\Local\\assetry\\temporal\\1.5.1\\temporal.exe',
    )
  })
})
