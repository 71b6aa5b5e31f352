import { findPostgresBinaries } from '../tests/postgres-binaries.ts'
import { installByApt } from './apt.ts'

const whatToInstall =
  'The tests of the metadata store run on a PostgreSQL server of their own, and its programs are not on this machine. ' +
  'Install them: "apt-get install postgresql" on Debian and Ubuntu, "dnf install postgresql-server" on Fedora, ' +
  '"brew install postgresql" on macOS. A running server is not needed.'

/**
 * Sees to it that PostgreSQL's programs are here: installs them where the system's package manager is apt and this
 * process may use it, else says what to install.
 *
 * @throws where they are missing and `required`; otherwise it says so on stderr, and the tests that need them say so too
 */
export async function installPostgres(required: boolean): Promise<void> {
  if ((await findPostgresBinaries()) !== undefined) return
  await installByApt(['postgresql'], 'the tests of the metadata store')
  if ((await findPostgresBinaries()) !== undefined) return
  if (required) throw new Error(whatToInstall)
  console.error(`\n${whatToInstall}\nThose tests are left out.\n`)
}
