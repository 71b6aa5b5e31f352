import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the nearest `package.json` at or above `folder`. */
export function nearestPackageFolder(folder: string): string | undefined {
  if (existsSync(join(folder, 'package.json'))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : nearestPackageFolder(above)
}

/** The folder Assetry itself is installed in. */
export function packageRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return nearestPackageFolder(here) ?? here
}

/** Assetry's own version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }
  return version
}
