import { existsSync } from 'node:fs'
import { runCommand } from './run-command.ts'

/**
 * Installs packages where the system's package manager is apt and this process may use it; elsewhere it does nothing.
 *
 * @param purpose - what they are for, to be shown
 */
export async function installByApt(packages: readonly string[], purpose: string): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log(`\n> installing ${packages.join(', ')} by apt-get, for ${purpose}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runCommand('apt-get', ['update', '-qq'], env)
  await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], env)
}
