import { rm } from 'node:fs/promises'
import { dagsterPipesFolder, dagsterPipesVersion, findDagsterPipes, pythonIn, runsPython } from '../tests/dagster-pipes.ts'
import { installByApt } from './apt.ts'
import { runCommand } from './run-command.ts'

const whatToInstall =
  `The tests of pipes() run real Python with the package dagster-pipes ${dagsterPipesVersion}, which is not here and could not be ` +
  'installed. Needed are Python 3.10 or later with its venv module ("apt-get install python3-venv" on Debian and Ubuntu; part of ' +
  'Python elsewhere) and a way to PyPI.'

/**
 * Sees to it that there is a Python with `dagster-pipes` for the tests, in an environment of their own. Python itself is
 * installed where the system's package manager is apt and this process may use it.
 *
 * @throws where it can't be got and `required`; otherwise it says so on stderr, and the tests that need it say so too
 */
export async function installDagsterPipes(required: boolean): Promise<void> {
  if ((await findDagsterPipes()) !== undefined) return
  if (!(await runsPython('python3', 'import venv, ensurepip'))) await installByApt(['python3-venv'], 'the tests of pipes()')
  await makeEnvironment()
  if ((await findDagsterPipes()) !== undefined) return
  if (required) throw new Error(whatToInstall)
  console.error(`\n${whatToInstall}\nThose tests are left out.\n`)
}

async function makeEnvironment(): Promise<void> {
  console.log(`\n> installing dagster-pipes ${dagsterPipesVersion} from PyPI, for the tests of pipes()`)
  // What an attempt before was stopped in the middle of is in the way.
  await rm(dagsterPipesFolder, { recursive: true, force: true })
  if ((await runCommand('python3', ['-m', 'venv', dagsterPipesFolder]).catch(() => 1)) !== 0) return
  const quietly = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check']
  await runCommand(pythonIn(dagsterPipesFolder), [...quietly, `dagster-pipes==${dagsterPipesVersion}`])
}
