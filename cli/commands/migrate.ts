import { openStore } from '../../metadata/open-store.ts'
import { databaseUrl } from '../connection-settings.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { nearestPackageFolder } from '../package-root.ts'
import { ownLogger, processLog } from '../process-log.ts'
import { loadEnvironment } from '../project.ts'

/** Brings the database's tables up to this version. Any number of processes may do so at once. */
export async function migrate(): Promise<ExitCode> {
  loadEnvironment(nearestPackageFolder(process.cwd()) ?? process.cwd())
  const log = processLog('migrate')
  const store = await openStore({ url: databaseUrl(), log: ownLogger(log) })
  await store.close()
  log.info('the database is up to date')
  return exitCodes.done
}
