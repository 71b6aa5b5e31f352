import { ensureTemporalCli } from '../temporal/cli/ensure-temporal-cli.ts'
import { installPostgres } from './install-postgres.ts'

/** Gets what the tests need and the machine lacks. In CI, what can't be got is a failure. */
export async function prepareTests(): Promise<void> {
  await installPostgres(process.env['CI'] !== undefined)
  await ensureTemporalCli({ onProgress: ({ message }) => console.log(message) })
}
