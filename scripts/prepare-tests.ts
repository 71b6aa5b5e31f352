import { ensureTemporalCli } from '../temporal/cli/ensure-temporal-cli.ts'
import { installDagsterPipes } from './install-dagster-pipes.ts'
import { installPostgres } from './install-postgres.ts'

/** Gets what the tests need and the machine lacks. In CI, what can't be got is a failure. */
export async function prepareTests(): Promise<void> {
  const required = process.env['CI'] !== undefined
  await installPostgres(required)
  await installDagsterPipes(required)
  await ensureTemporalCli({ onProgress: ({ message }) => console.log(message) })
}
