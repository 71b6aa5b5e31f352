import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { cliVersion } from './cli-source.ts'
import { executableName } from './executable-on-path.ts'

/** What decides where the user's cache is. */
export interface CachePlace {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** This machine and user. */
export function thisPlace(environment: Readonly<Record<string, string | undefined>>): CachePlace {
  return { platform: process.platform, home: environment['HOME'] ?? homedir(), environment }
}

/** The user's folder for one version of the CLI: `~/.cache/assetry/temporal/1.5.1`, or its like on macOS and Windows. */
export function cliCacheFolder(place: CachePlace): string {
  const path = place.platform === 'win32' ? win32 : posix
  return path.join(userCacheFolder(place), 'assetry', 'temporal', cliVersion)
}

/** Where the cached CLI is, or will be. */
export function cachedCliPath(place: CachePlace): string {
  const path = place.platform === 'win32' ? win32 : posix
  return path.join(cliCacheFolder(place), executableName('temporal', place.platform))
}

function userCacheFolder({ platform, home, environment }: CachePlace): string {
  if (platform === 'win32') return environment['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local')
  const xdg = environment['XDG_CACHE_HOME']
  // The XDG specification: a relative path is to be ignored.
  if (xdg !== undefined && posix.isAbsolute(xdg)) return xdg
  return platform === 'darwin' ? posix.join(home, 'Library', 'Caches') : posix.join(home, '.cache')
}
